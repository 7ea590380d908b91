import type { ServerDialect } from './serverDialect.ts';

/** What one model makes of the optional parts of the Messages protocol. */
export class AnthropicDialect implements ServerDialect {
  /** The protocol lost it with version 2026-10-21; servers that imitate an older one know it. */
  temperature: boolean;
  /** Whether `output_config.format` may be sent. */
  structuredOutput = true;
  #lessons = 0;

  constructor(isOfficialServer: boolean) {
    this.temperature = !isOfficialServer;
  }

  get lessons(): number {
    return this.#lessons;
  }

  learnFrom(message: string, hadSchema: boolean): boolean {
    const hasLearned = this.#learn(message, hadSchema);
    if (hasLearned) this.#lessons += 1;
    return hasLearned;
  }

  #learn(message: string, hadSchema: boolean): boolean {
    if (this.temperature && /\btemperature\b|sampling param/i.test(message)) {
      this.temperature = false;
      return true;
    }
    if (this.structuredOutput && hadSchema && /output_config|output_format|schema|structured|grammar/i.test(message)) {
      this.structuredOutput = false;
      return true;
    }
    return false;
  }
}
