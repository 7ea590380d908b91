import type { ServerDialect } from './serverDialect.ts';

/**
 * What one server makes of the optional parts of the Chat Completions protocol. Starts from what most servers take, and
 * learns from the first refusal; what was learned holds for the life of the model.
 */
export class OpenaiDialect implements ServerDialect {
  /** Whether `response_format: json_schema` may be sent. */
  structuredOutput = true;
  /** Models that reason refuse `max_tokens`; most other servers know nothing else. */
  tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** Models that reason have one fixed temperature. */
  temperature = true;
  /** Whether `stream_options: include_usage` may be sent. */
  streamUsage = true;
  #hasSwitchedTokenLimit = false;
  #lessons = 0;

  constructor(isOfficialServer: boolean) {
    this.tokenLimit = isOfficialServer ? 'max_completion_tokens' : 'max_tokens';
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
    if (this.temperature && /\btemperature\b/i.test(message)) {
      this.temperature = false;
      return true;
    }
    if (this.streamUsage && /stream_options|include_usage/i.test(message)) {
      this.streamUsage = false;
      return true;
    }
    if (!this.#hasSwitchedTokenLimit && this.#isTokenLimitUnknown(message)) {
      this.#hasSwitchedTokenLimit = true;
      this.tokenLimit = this.tokenLimit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
      return true;
    }
    if (this.structuredOutput && hadSchema && /^$|response_format|json|schema|structured|grammar/i.test(message)) {
      this.structuredOutput = false;
      return true;
    }
    return false;
  }

  /** In contrast to a limit whose value is refused. */
  #isTokenLimitUnknown(message: string): boolean {
    const isNamed = new RegExp(`\\b${this.tokenLimit}\\b`, 'i').test(message);
    return isNamed && /unsupported|unknown|unrecognized|not supported|not permitted/i.test(message);
  }
}
