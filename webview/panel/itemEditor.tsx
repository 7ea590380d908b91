import type { AgentMode, Plan, Priority, WorkItem } from '../../src/domain/schema/plan.ts';
import { modeWords, priorityWords, titleOf } from '../common/words.ts';
import { Button, Checkbox, Dropdown, TextArea, TextField } from '../controls.tsx';
import { CloseButton } from './closeButton.tsx';
import { changeItem, type EditableFields, possibleDependencies, removeItem, toggleDependency } from './planDraft.ts';

export interface ItemEditorProperties {
  readonly draft: Plan;
  readonly item: WorkItem;
  readonly onChange: (draft: Plan) => void;
}

const modes: readonly AgentMode[] = ['analyzer', 'coder', 'sdet'];
const priorities: readonly Priority[] = ['high', 'normal', 'low'];
const fileStates = [
  { value: 'new', label: 'New file' },
  { value: 'existing', label: 'Existing file' },
] as const;

/** The form for one item of a plan that is not approved yet. */
export function ItemEditor({ draft, item, onChange }: ItemEditorProperties) {
  const change = (changes: Partial<EditableFields>) => onChange(changeItem(draft, item.id, changes));
  const possible = possibleDependencies(draft, item.id);
  return (
    <section class="details" aria-label={`Edit item ${item.id}`}>
      <div class="details-head">
        <h3 class="details-title">{item.id}</h3>
        <CloseButton />
      </div>
      <TextArea
        label="Description"
        rows={4}
        value={item.description}
        onInput={description => change({ description })}
      />
      <TextField label="File" value={item.filePath} onInput={filePath => change({ filePath })} />
      <div class="field-row">
        <Dropdown
          label="Mode"
          value={item.mode}
          options={modes.map(value => ({ value, label: modeWords[value] }))}
          onChange={mode => change({ mode })}
        />
        <Dropdown
          label="Priority"
          value={item.priority}
          options={priorities.map(value => ({ value, label: priorityWords[value] }))}
          onChange={priority => change({ priority })}
        />
        <Dropdown
          label="File is"
          value={item.fileStatus}
          options={fileStates}
          onChange={fileStatus => change({ fileStatus })}
        />
      </div>
      <fieldset class="choices">
        <legend class="field-label">Starts after</legend>
        {possible.map(other => (
          <Checkbox
            key={other.id}
            label={titleOf(other.description) || other.id}
            isChecked={item.dependencies.includes(other.id)}
            onChange={() => onChange(toggleDependency(draft, item.id, other.id))}
          />
        ))}
        {possible.length === 0 ? <p class="quiet">No other item can come before this one.</p> : null}
      </fieldset>
      <Button onClick={() => onChange(removeItem(draft, item.id))}>Remove item</Button>
    </section>
  );
}
