import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunState } from '../../src/domain/runState.ts';
import { announcements } from './announcements.ts';

/** Says once what changed, to those who do not see it. */
export function LiveRegion({ run, isLive }: { readonly run: RunState; readonly isLive: boolean }) {
  const before = useRef<{ readonly run: RunState; readonly isLive: boolean } | undefined>(undefined);
  const [text, setText] = useState('');
  useEffect(() => {
    const news = before.current ? announcements(before.current, { run, isLive }) : [];
    before.current = { run, isLive };
    if (news.length > 0) setText(news.join('. '));
  }, [run, isLive]);
  return (
    <p class="hidden-text" aria-live="polite">
      {text}
    </p>
  );
}
