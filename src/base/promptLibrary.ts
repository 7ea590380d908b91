import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, errorMessage } from './errors.ts';
import {
  type PromptTemplate,
  type PromptVariables,
  parsePromptTemplate,
  type RenderedPrompt,
  renderPrompt,
} from './promptTemplate.ts';

/** Where prompts come from. */
export interface PromptLibrary {
  /**
   * Renders the prompt `name` with exactly the variables that it declares.
   * @throws ConfigurationError when there is no such prompt, it is malformed, or a variable is missing or unknown.
   */
  render(name: string, variables: PromptVariables): RenderedPrompt;
}

/** Prompts kept as `<name>.md` in one folder, each read once, on first use. */
export class FilePromptLibrary implements PromptLibrary {
  readonly #directory: string;
  readonly #templates = new Map<string, PromptTemplate>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  render(name: string, variables: PromptVariables): RenderedPrompt {
    return renderPrompt(this.#template(name), variables);
  }

  #template(name: string): PromptTemplate {
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const template = parsePromptTemplate(name, this.#read(name));
    this.#templates.set(name, template);
    return template;
  }

  #read(name: string): string {
    if (!/^[a-z][a-zA-Z0-9-]*$/.test(name)) {
      throw new ConfigurationError(`"${name}" is not the name of a prompt: names are letters, digits and dashes.`);
    }
    const file = path.join(this.#directory, `${name}.md`);
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new ConfigurationError(`The prompt file ${file} cannot be read (${errorMessage(error)}).`, {
        cause: error,
      });
    }
  }
}
