import { ValidationError } from '../base/errors.ts';

/** Characters; a request is sent with every prompt. */
const LONGEST_REQUEST = 20_000;

/** The task that a request stands for. Throws `ValidationError` for one that cannot be worked on. */
export function describeTask(request: string, id: string) {
  const description = request.trim();
  if (description === '') throw new ValidationError('The request is empty; say what you want built.');
  if (description.length > LONGEST_REQUEST) {
    throw new ValidationError(
      `The request has ${description.length} characters, and at most ${LONGEST_REQUEST} are taken; put the details in a file of the workspace and name it.`,
    );
  }
  const [firstLine = description] = description.split('\n');
  const title = firstLine.length > 80 ? `${firstLine.slice(0, 79)}…` : firstLine;
  return { id, title, description, type: 'feature', priority: 'normal' } as const;
}
