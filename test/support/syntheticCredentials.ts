import { SeededRandom } from './seededRandom.ts';

/** A made-up credential as it stands in a text. */
export interface SyntheticCredential {
  /** What it is; the same for all that are made alike. */
  readonly name: string;
  readonly text: string;
  /** The part that nobody may see. */
  readonly secret: string;
}

const digits = '0123456789';
const hexadecimal = '0123456789abcdef';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const base32 = `${lower.toUpperCase()}234567`;
const alphanumeric = digits + lower + lower.toUpperCase();
const base64 = `${alphanumeric}+/`;

type Draw = (length: number, alphabet?: string) => string;
/** The secret, and the text around it where that matters. */
type Recipe = (draw: Draw) => string | { readonly secret: string; readonly around: (secret: string) => string };

const inCode = (name: string) => (secret: string) => `  ${name}: '${secret}',`;

/** One recipe for each format; what is drawn is random, so that none was ever valid. */
const recipes: Readonly<Record<string, Recipe>> = {
  'AWS access key': draw => `AKIA${draw(16, base32)}`,
  'AWS temporary access key': draw => `ASIA${draw(16, base32)}`,
  'AWS secret key': draw => ({ secret: draw(40, base64), around: secret => `aws_secret_access_key = ${secret}` }),
  'GitHub personal token': draw => `ghp_${draw(36)}`,
  'GitHub app token, long': draw => `ghs_${draw(90)}.${draw(300)}.${draw(90)}`,
  'GitHub fine-grained token': draw => `github_pat_${draw(22)}_${draw(59)}`,
  'GitLab token': draw => `glpat-${draw(20)}`,
  'GitLab token, routable': draw => `glpat-${draw(27)}.01.${draw(9)}`,
  'OpenAI project key': draw => `sk-proj-${draw(74)}T3BlbkFJ${draw(74)}`,
  'OpenAI key, older': draw => `sk-${draw(20)}T3BlbkFJ${draw(20)}`,
  'Anthropic key': draw => `sk-ant-api03-${draw(93)}AA`,
  'OpenRouter key': draw => `sk-or-v1-${draw(64, hexadecimal)}`,
  'Google API key': draw => `AIza${draw(35)}`,
  'Google OAuth secret': draw => `GOCSPX-${draw(28)}`,
  'Slack bot token': draw => `xoxb-${draw(12, digits)}-${draw(13, digits)}-${draw(24)}`,
  'Slack webhook': draw => ({
    secret: `T${draw(8)}/B${draw(10)}/${draw(24)}`,
    around: secret => `curl https://hooks.slack.com/services/${secret}`,
  }),
  'Stripe key': draw => `sk_live_${draw(24)}`,
  'npm token': draw => `npm_${draw(36)}`,
  'PyPI token': draw => `pypi-AgEIcHlwaS5vcmc${draw(130)}`,
  'Hugging Face token': draw => `hf_${draw(34)}`,
  'Groq key': draw => `gsk_${draw(52)}`,
  'SendGrid key': draw => `SG.${draw(22)}.${draw(43)}`,
  'DigitalOcean token': draw => `dop_v1_${draw(64, hexadecimal)}`,
  'Docker token': draw => `dckr_pat_${draw(27)}`,
  'Vault token': draw => `hvs.${draw(90)}`,
  'Telegram token': draw => ({ secret: `AA${draw(33)}`, around: secret => `bot 123456789:${secret}` }),
  'Twilio key': draw => `SK${draw(32, hexadecimal)}`,
  'Azure storage key': draw => ({
    secret: `${draw(86, base64)}==`,
    around: secret => `AccountName=store;AccountKey=${secret};EndpointSuffix=core.windows.net`,
  }),
  'Google OAuth token': draw => `ya29.${draw(120)}`,
  'Slack app token': draw => `xapp-1-A${draw(10)}-${draw(13, digits)}-${draw(64, hexadecimal)}`,
  'Discord webhook': draw => ({
    secret: draw(68),
    around: secret => `curl https://discord.com/api/webhooks/123456789012345678/${secret}`,
  }),
  'Stripe webhook secret': draw => `whsec_${draw(32)}`,
  'RubyGems token': draw => `rubygems_${draw(48, hexadecimal)}`,
  'xAI key': draw => `xai-${draw(80)}`,
  'Perplexity key': draw => `pplx-${draw(48)}`,
  'Replicate token': draw => `r8_${draw(37)}`,
  'Terraform token': draw => `${draw(14)}.atlasv1.${draw(67)}`,
  'Databricks token': draw => `dapi${draw(32, hexadecimal)}`,
  'Shopify token': draw => `shpat_${draw(32, hexadecimal)}`,
  'Atlassian token': draw => `ATATT3${draw(180)}=${draw(8, hexadecimal)}`,
  'Linear key': draw => `lin_api_${draw(40)}`,
  'Notion token': draw => `ntn_${draw(46)}`,
  'Postman key': draw => `PMAK-${draw(24, hexadecimal)}-${draw(34, hexadecimal)}`,
  'Grafana token': draw => `glsa_${draw(32)}_${draw(8, hexadecimal)}`,
  'Sentry token': draw => `sntrys_${draw(90)}`,
  'Supabase key': draw => `sbp_${draw(40, hexadecimal)}`,
  'Figma token': draw => `figd_${draw(40)}`,
  'New Relic key': draw => `NRAK-${draw(27, digits + lower.toUpperCase())}`,
  'Doppler token': draw => `dp.pt.${draw(43)}`,
  '1Password token': draw => `ops_eyJ${draw(200)}`,
  'Alibaba key': draw => `LTAI${draw(20)}`,
  'PlanetScale token': draw => `pscale_tkn_${draw(43)}`,
  'Square token': draw => `sq0atp-${draw(22)}`,
  'Azure client secret': draw => `${draw(3)}8Q~${draw(34)}`,
  'age key': draw => `AGE-SECRET-KEY-1${draw(58, base32)}`,
  'JSON web token': draw => `eyJ${draw(33)}.eyJ${draw(70)}.${draw(43)}`,
  'RSA private key': draw => ({
    secret: [draw(64, base64), draw(64, base64), draw(40, base64)].join('\n'),
    around: secret => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  }),
  'private key in JSON': draw => ({
    secret: [draw(64, base64), draw(64, base64)].join('\\n'),
    around: secret => `{"private_key": "-----BEGIN PRIVATE KEY-----\\n${secret}\\n-----END PRIVATE KEY-----\\n"}`,
  }),
  'end of a private key': draw => ({
    secret: [draw(64, base64), draw(44, base64)].join('\n'),
    around: secret => `# cut\n${secret}\n-----END OPENSSH PRIVATE KEY-----`,
  }),
  'database address': draw => ({
    secret: draw(12),
    around: secret => `postgresql://app:${secret}@db.internal:5432/app`,
  }),
  'database address, simple password': () => ({
    secret: 'hunter22',
    around: secret => `DATABASE_URL=mysql://app:${secret}@10.0.0.5/app`,
  }),
  'connection string': draw => ({
    secret: `${draw(8)}!`,
    around: secret => `"Server=db;Database=app;User Id=sa;Password=${secret};Encrypt=true"`,
  }),
  'bearer header': draw => ({ secret: draw(40), around: secret => `-H "Authorization: Bearer ${secret}"` }),
  'basic header': draw => ({ secret: draw(32, base64), around: secret => `Authorization: Basic ${secret}` }),
  'password in code': draw => ({ secret: `${draw(6, lower)}${draw(2, digits)}!Q`, around: inCode('password') }),
  'key in code': draw => ({ secret: draw(32), around: inCode('apiKey') }),
  'hexadecimal key in code': draw => ({ secret: draw(40, hexadecimal), around: inCode('encryptionKey') }),
  'typed constant': draw => ({ secret: draw(24), around: secret => `const clientSecret: string = "${secret}";` }),
  'key in JSON': draw => ({ secret: draw(28), around: secret => `{"auth_token": "${secret}"}` }),
  'key in YAML': draw => ({ secret: draw(32), around: secret => `  session_secret: ${secret}\n` }),
  'key in an environment file': draw => ({ secret: draw(32), around: secret => `MAILER_API_KEY=${secret}\n` }),
};

/** `count` of each kind, the same for the same seed. */
export function syntheticCredentials(count: number, seed = 1): readonly SyntheticCredential[] {
  const random = new SeededRandom(seed);
  const draw: Draw = (length, alphabet = alphanumeric) =>
    Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join('');
  return Object.entries(recipes).flatMap(([name, recipe]) =>
    Array.from({ length: count }, () => {
      const made = recipe(draw);
      if (typeof made === 'string') return { name, secret: made, text: `const value = "${made}";` };
      return { name, secret: made.secret, text: made.around(made.secret) };
    }),
  );
}
