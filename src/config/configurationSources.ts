/** A configuration file that was read. */
export interface ConfigurationFile {
  /** As the user would name it; for messages. */
  readonly name: string;
  /** What its YAML says. */
  readonly content: unknown;
  /**
   * Whether the user chose this file or trusts the folder it is in. A file that merely lies in a workspace may come
   * from anyone, and must not direct a key to a server of its choice.
   */
  readonly isTrusted: boolean;
  /** Whether the user named this very file: then it says what its user wants, and not what its folder does. */
  readonly isNamed: boolean;
}

/** Where values come from; a later one wins over those before it. */
export interface ConfigurationSources {
  /** The editor's settings, nested as in the schema. */
  readonly settings?: unknown;
  readonly file?: ConfigurationFile;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Options of the command line, nested as in the schema. */
  readonly options?: unknown;
  /** The providers that there are; by default those that need no editor. */
  readonly providers?: readonly string[];
  /** From the environment or the editor's secret storage. Looked at, never kept. */
  readonly openaiApiKey?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  /** False for what needs no model, and therefore no key; true where nothing else is said. */
  readonly areModelsCalled?: boolean;
}
