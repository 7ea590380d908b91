import * as vscode from 'vscode';
import { type CommandHandlers, type CommandId, commandTable } from './commandTable.ts';

/** Registers every command of the table. What a handler throws goes to `report`, once. */
export function registerCommands(handlers: CommandHandlers, report: (error: unknown) => void): vscode.Disposable {
  const run = async (id: CommandId, argument: unknown) => {
    try {
      await handlers[id](argument);
    } catch (error) {
      report(error);
    }
  };
  const ids = Object.keys(commandTable) as CommandId[];
  return vscode.Disposable.from(
    ...ids.map(id => vscode.commands.registerCommand(id, (argument: unknown) => run(id, argument))),
  );
}
