import type * as vscode from 'vscode';
import { z } from 'zod';
import type { WorkspaceRoot } from '../engine.ts';
import type { RunService } from '../runService.ts';

const key = 'trellis.shownRun';
const schema = z.object({ root: z.object({ name: z.string(), path: z.string() }), runId: z.string() });

/**
 * Remembers over a reload which run was shown. The webviews remember it too, but an editor that is closed in a hurry
 * may lose what they keep.
 */
export class ShownRunMemory {
  readonly #memento: vscode.Memento;
  #runId: string | undefined;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  /** Keeps the run in mind, if it is another one than before. */
  keep(root: WorkspaceRoot, runId: string): void {
    if (runId === this.#runId) return;
    this.#runId = runId;
    void this.#memento.update(key, { root, runId });
  }

  /** Shows the run again that was shown last, unless one is shown already. Throws as `RunService.show` does. */
  async restore(service: RunService): Promise<void> {
    const remembered = schema.safeParse(this.#memento.get(key));
    if (service.shown || !remembered.success) return;
    await service.show(remembered.data.root, remembered.data.runId);
  }
}
