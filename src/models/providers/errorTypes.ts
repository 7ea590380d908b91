/**
 * What the statuses of OpenAI's and Anthropic's protocols are called in an error object, which may come in an answer that
 * began with the status of success (https://platform.claude.com/docs/en/api/errors).
 */
const statusByErrorType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  insufficient_quota: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The status that an error of this type would have had; undefined for a type that is not known. */
export function statusOfErrorType(type: unknown): number | undefined {
  return typeof type === 'string' && Object.hasOwn(statusByErrorType, type) ? statusByErrorType[type] : undefined;
}
