// The formats of keys that can be told by their looks. Each pattern is linear: what it repeats cannot match in two ways,
// and it begins where no character of a key comes before it, so that a long run is read once.
import { looksRandom } from './randomText.ts';

export interface CredentialFormat {
  readonly kind: string;
  /** One of them is in every key of the format, in this case: a text without them is not searched. Three characters at least. */
  readonly marks: readonly string[];
  /** Global. The group `secret`, at its end, is what is masked; without one, the whole match. */
  readonly pattern: RegExp;
  /** Keys of this format are not told from other text by their looks alone: what is masked must look random too. */
  readonly isLoose?: true;
}

/** Where a key may begin. */
const start = '(?<![A-Za-z0-9_-])';
const word = '[A-Za-z0-9_-]';

function format(kind: string, marks: string | readonly string[], body: string): CredentialFormat {
  return { kind, marks: typeof marks === 'string' ? [marks] : marks, pattern: new RegExp(`${start}${body}`, 'g') };
}

function loose(kind: string, marks: string | readonly string[], body: string): CredentialFormat {
  return { ...format(kind, marks, body), isLoose: true };
}

const hexadecimal = Array.from('0123456789abcdef');

/** The more certain first. */
export const credentialFormats: readonly CredentialFormat[] = [
  format('aws-access-key', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])'),
  loose('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh[pousr]_[A-Za-z0-9_.]{36,}'),
  loose('github-token', 'github_pat_', 'github_pat_[A-Za-z0-9_]{60,}'),
  loose(
    'gitlab-token',
    [
      'glpat-',
      'gldt-',
      'glrt-',
      'glrtr-',
      'glptt-',
      'glcbt-',
      'glft-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glsoat-',
      'glffct-',
    ],
    'gl(?:pat|dt|rt|rtr|ptt|cbt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}',
  ),
  loose('anthropic-key', 'sk-ant-', `sk-ant-${word}{24,}`),
  loose(
    'openai-key',
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'],
    `sk-(?:proj|svcacct|admin|None)-${word}{20,}`,
  ),
  loose('openrouter-key', 'sk-or-v1-', 'sk-or-v1-[a-f0-9]{40,}'),
  loose('openai-key', 'sk-', 'sk-[A-Za-z0-9]{32,}'),
  loose('google-key', 'AIza', `AIza${word}{35}(?!${word})`),
  loose('google-oauth-secret', 'GOCSPX-', `GOCSPX-${word}{20,}`),
  loose('google-oauth-token', 'ya29.', 'ya29\\.[A-Za-z0-9_-]{20,}'),
  loose('slack-token', 'xox', 'xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{20,}'),
  loose('slack-token', 'xapp-', 'xapp-\\d-[A-Za-z0-9-]{20,}'),
  loose(
    'slack-webhook',
    'hooks.slack.com',
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9+/]{30,})',
  ),
  loose('discord-webhook', '/api/webhooks/', `discord(?:app)?\\.com/api/webhooks/\\d{10,25}/(?<secret>${word}{40,})`),
  loose('telegram-token', ':AA', '\\d{8,10}:(?<secret>AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])'),
  loose('stripe-key', ['_live_', '_test_'], '[sr]k_(?:live|test)_[A-Za-z0-9]{16,}'),
  loose('stripe-webhook-secret', 'whsec_', 'whsec_[A-Za-z0-9+/=]{24,}'),
  loose('npm-token', 'npm_', 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])'),
  loose('pypi-token', 'pypi-', `pypi-${word}{50,}`),
  loose('rubygems-token', 'rubygems_', 'rubygems_[a-f0-9]{48}'),
  loose('huggingface-token', 'hf_', 'hf_[A-Za-z0-9]{30,}'),
  loose('groq-key', 'gsk_', 'gsk_[A-Za-z0-9]{40,}'),
  loose('xai-key', 'xai-', 'xai-[A-Za-z0-9]{60,}'),
  loose('perplexity-key', 'pplx-', 'pplx-[A-Za-z0-9]{40,}'),
  loose('replicate-token', 'r8_', 'r8_[A-Za-z0-9]{35,}'),
  loose('sendgrid-key', 'SG.', `SG\\.${word}{16,32}\\.${word}{32,64}`),
  loose('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 'do[por]_v1_[a-f0-9]{64}'),
  loose('docker-token', ['dckr_pat_', 'dckr_oat_'], `dckr_[po]at_${word}{20,}`),
  loose('vault-token', ['hvs.', 'hvb.', 'hvr.'], `hv[sbr]\\.${word}{24,}`),
  loose('terraform-token', '.atlasv1.', `[A-Za-z0-9]{14}\\.atlasv1\\.${word}{60,}`),
  loose('databricks-token', 'dapi', 'dapi[a-f0-9]{32}(?![a-f0-9])'),
  loose('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], 'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}'),
  loose('atlassian-token', 'ATATT3', 'ATATT3[A-Za-z0-9_=-]{100,}'),
  loose('linear-key', ['lin_api_', 'lin_oauth_'], 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}'),
  loose('notion-token', 'ntn_', 'ntn_[A-Za-z0-9]{40,}'),
  loose('postman-key', 'PMAK-', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}'),
  loose('grafana-token', ['glc_', 'glsa_'], '(?:glc|glsa)_[A-Za-z0-9+/_=]{32,}'),
  loose('sentry-token', ['sntrys_', 'sntryu_'], 'sntry[su]_[A-Za-z0-9+/=_]{40,}'),
  loose('supabase-key', ['sbp_', 'sb_secret_'], `(?:sbp_[a-f0-9]{40}|sb_secret_${word}{20,})`),
  loose('figma-token', 'figd_', `figd_${word}{36,}`),
  loose('newrelic-key', 'NRAK-', 'NRAK-[A-Z0-9]{27}'),
  loose('doppler-token', 'dp.', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9_.-]{40,}'),
  loose('onepassword-token', 'ops_eyJ', 'ops_eyJ[A-Za-z0-9+/=_-]{100,}'),
  loose('alibaba-key', 'LTAI', 'LTAI[A-Za-z0-9]{12,20}(?![A-Za-z0-9])'),
  loose('planetscale-token', 'pscale_', `pscale_(?:tkn|pw|oauth)_${word}{32,}`),
  loose('square-token', 'sq0', `sq0(?:atp|csp|idp)-${word}{22,}`),
  loose(
    'twilio-key',
    hexadecimal.map(digit => `SK${digit}`),
    'SK[a-f0-9]{32}(?![A-Za-z0-9])',
  ),
  loose('azure-storage-key', 'AccountKey=', 'AccountKey=(?<secret>[A-Za-z0-9+/]{43,86}={0,2})'),
  loose(
    'azure-client-secret',
    hexadecimal.slice(0, 10).map(digit => `${digit}Q~`),
    '[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])',
  ),
  format('age-key', 'AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1[A-Z0-9]{50,}'),
  loose('json-web-token', 'eyJ', `eyJ${word}{10,}\\.eyJ${word}{10,}\\.${word}{16,}`),
];

/** What the format masks in `match`; undefined when it turns out to be no key: an example of a manual, or a name. */
export function secretIn(
  { isLoose }: CredentialFormat,
  match: RegExpExecArray,
): { readonly start: number; readonly end: number } | undefined {
  const secret = match.groups?.['secret'] ?? match[0];
  if (/example/i.test(secret) || (isLoose === true && !looksRandom(secret))) return undefined;
  const end = match.index + match[0].length;
  return { start: end - secret.length, end };
}
