import { z } from 'zod';

/** What is done about credentials in a text that would be sent to a model. */
export const credentialPolicySchema = z.enum(['mask', 'stop']);
/** What is done about personal data in it. */
export const personalDataPolicySchema = z.enum(['report', 'mask', 'off']);

export const safetySettingsSchema = z.strictObject({
  credentials: credentialPolicySchema,
  personalData: personalDataPolicySchema,
});
export type SafetySettings = z.infer<typeof safetySettingsSchema>;

/** Something that was found in texts for a model, and what was done about it: kinds and counts, never the text itself. */
export const textFlagSchema = z.strictObject({
  category: z.enum(['credential', 'personalData', 'instruction']),
  /** Such as `aws-access-key`, `email` or `override`. */
  kind: z.string(),
  count: z.int().positive(),
  /** `marked`: quoted text that reads like an instruction was named as data in the heading of its quotation. */
  action: z.enum(['masked', 'stopped', 'reported', 'marked']),
});
export type TextFlag = Readonly<z.infer<typeof textFlagSchema>>;
