// The only file that knows which component library draws buttons and fields. The library is archived upstream: leaving
// it means writing these six functions anew and nothing else.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { type ComponentChildren, h } from 'preact';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextArea(),
  vsCodeTextField(),
);

export interface ButtonProperties {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  /** What it says to a screen reader, where its text alone is not enough. */
  readonly label?: string;
}

export function Button({ children, onClick, isPrimary = false, isDisabled = false, label }: ButtonProperties) {
  const appearance = isPrimary ? 'primary' : 'secondary';
  return h('vscode-button', { appearance, disabled: isDisabled, onClick, 'aria-label': label }, children);
}

interface FieldProperties {
  /** Shown above the field. */
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  /** Enter was pressed, without Shift. */
  readonly onSubmit?: () => void;
}

export function TextField(properties: FieldProperties) {
  return h('vscode-text-field', { class: 'field', ...fieldAttributes(properties) }, properties.label);
}

export function TextArea({ rows, ...properties }: FieldProperties & { readonly rows: number }) {
  const attributes = { class: 'field', rows, resize: 'vertical', ...fieldAttributes(properties) };
  return h('vscode-text-area', attributes, properties.label);
}

function fieldAttributes({ value, onInput, placeholder, isDisabled = false, onSubmit }: FieldProperties) {
  return {
    value,
    disabled: isDisabled,
    placeholder,
    onInput: (event: Event) => onInput(valueOf(event)),
    onKeyDown: (event: KeyboardEvent) => {
      if (!onSubmit || event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      onSubmit();
    },
  };
}

export interface DropdownProperties<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

export function Dropdown<T extends string>({ label, value, options, onChange }: DropdownProperties<T>) {
  const choose = (event: Event) => {
    const chosen = options.find(option => option.value === valueOf(event));
    if (chosen && chosen.value !== value) onChange(chosen.value);
  };
  return (
    <div class="field">
      <span class="field-label">{label}</span>
      {h(
        'vscode-dropdown',
        { 'aria-label': label, value, onChange: choose },
        options.map(option => h('vscode-option', { key: option.value, value: option.value }, option.label)),
      )}
    </div>
  );
}

export interface CheckboxProperties {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function Checkbox({ label, isChecked, onChange }: CheckboxProperties) {
  const toggle = (event: Event) => onChange(isCheckedIn(event));
  return h('vscode-checkbox', { checked: isChecked, onChange: toggle }, label);
}

function valueOf({ target }: Event): string {
  return target && 'value' in target && typeof target.value === 'string' ? target.value : '';
}

function isCheckedIn({ target }: Event): boolean {
  return target !== null && 'checked' in target && target.checked === true;
}
