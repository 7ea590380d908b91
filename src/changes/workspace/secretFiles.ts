// Files that by their name hold keys or passwords. Agents neither read nor write them, and a search does not see them.

const SAMPLE = /\.(?:example|sample|template|dist|defaults?)$/;

const SECRET_NAMES: readonly RegExp[] = [
  /^\.env(?:\..+)?$/,
  /^\.envrc$/,
  /\.env$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
  /\.(?:pem|key|p12|pfx|p8|ppk|jks|keystore|kdbx|asc|gpg|pgp|tfstate|ovpn)$/,
  /^\.(?:npmrc|yarnrc|netrc|pypirc|pgpass|git-credentials|htpasswd|dockercfg|my\.cnf|s3cfg|boto)$/,
  /^_netrc$/,
  /^(?:credentials|secrets?)(?:\.(?:json|ya?ml|toml|ini|txt|env))?$/,
  /^(?:service[-_]?account|client_secret|gcp[-_]key|firebase-adminsdk).*\.json$/,
  /^terraform\.tfvars$/,
  /\.auto\.tfvars$/,
];

const SECRET_FOLDERS = new Set(['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker']);

/** Whether agents must not see the file or folder at `path`. `.env.example` and its like are made to be seen. */
export function mayHoldSecrets(path: string): boolean {
  const segments = path.toLowerCase().split('/');
  const name = segments.at(-1) ?? '';
  if (segments.some(segment => SECRET_FOLDERS.has(segment))) return true;
  return !SAMPLE.test(name) && SECRET_NAMES.some(pattern => pattern.test(name));
}
