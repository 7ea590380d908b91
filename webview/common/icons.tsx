import type { Evidence } from '../../src/domain/schema/quality.ts';
import type { ShownStatus } from './words.ts';

export type IconName =
  | 'dashedCircle'
  | 'clock'
  | 'spinner'
  | 'question'
  | 'check'
  | 'cross'
  | 'barred'
  | 'dash'
  | 'plus'
  | 'flag';

/** Lines on a 16 by 16 grid, drawn in the colour of the text around them. */
const shapes: Readonly<Record<IconName, readonly string[]>> = {
  dashedCircle: [
    'M8 2.5a5.5 5.5 0 0 1 3 .9M13 6a5.5 5.5 0 0 1 .3 3.5M11.5 12.2a5.5 5.5 0 0 1-3.5 1.3M5 12.6A5.5 5.5 0 0 1 2.7 9.5M2.8 6A5.5 5.5 0 0 1 5 3.4',
  ],
  clock: ['M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11', 'M8 5v3l2 1.5'],
  spinner: ['M8 2.5a5.5 5.5 0 1 1-5.5 5.5'],
  question: [
    'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11',
    'M6.4 6.6a1.6 1.6 0 1 1 2.3 1.4c-.5.25-.7.5-.7 1',
    'M8 10.9v.1',
  ],
  check: ['M3 8.5l3.2 3.2L13 4.8'],
  cross: ['M4 4l8 8M12 4l-8 8'],
  barred: ['M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11', 'M4.2 4.2l7.6 7.6'],
  dash: ['M4 8h8'],
  plus: ['M8 3.5v9M3.5 8h9'],
  flag: ['M4 14V2.5M4 3h8l-2 2.5L12 8H4'],
};

/** Decoration only: what it means is said by the text beside it. */
export function Icon({ name, class: extra = '' }: { readonly name: IconName; readonly class?: string }) {
  return (
    <svg class={`icon icon-${name} ${extra}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      {shapes[name].map(path => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

const statusIcons: Readonly<Record<ShownStatus, IconName>> = {
  planned: 'dashedCircle',
  queued: 'clock',
  running: 'spinner',
  waiting: 'question',
  done: 'check',
  failed: 'cross',
  blocked: 'barred',
  unfinished: 'dashedCircle',
};

export function StatusIcon({ status }: { readonly status: ShownStatus }) {
  return <Icon name={statusIcons[status]} class={`status-${status}`} />;
}

const verdictIcons: Readonly<Record<Evidence['verdict'], IconName>> = {
  holds: 'check',
  fails: 'cross',
  unproven: 'question',
};

export function VerdictIcon({ verdict }: { readonly verdict: Evidence['verdict'] }) {
  return <Icon name={verdictIcons[verdict]} class={`verdict-${verdict}`} />;
}
