import { signal } from '@preact/signals';
import { Icon } from './icon.tsx';

interface Shown {
  id: number;
  text: string;
  tone: 'calm' | 'trouble';
}

const shown = signal<Shown[]>([]);
const spoken = signal('');
/** Long enough to be read twice. Trouble stays until it is put away. */
const CALM_MS = 6_000;
let last = 0;

const dismiss = (id: number) => {
  shown.value = shown.value.filter((notice) => notice.id !== id);
};

/** A short message at the lower edge. */
export function notify(text: string, tone: Shown['tone'] = 'calm'): void {
  const id = ++last;
  shown.value = [...shown.value.filter((notice) => notice.text !== text), { id, text, tone }].slice(-3);
  if (tone === 'calm') setTimeout(() => dismiss(id), CALM_MS);
}

/** What was said is about where one was. */
export function clearNotices(): void {
  shown.value = shown.value.filter(({ tone }) => tone === 'calm');
}

/** What those hear who do not see it happen: milestones only, since progress would never be silent. */
export function announce(text: string): void {
  spoken.value = text;
}

export function Notices() {
  return (
    <div class="notices">
      <p class="visually-hidden" role="status">
        {spoken}
      </p>
      <div role="log" aria-label="Messages" aria-live="polite">
        {shown.value.map(({ id, text, tone }) => (
          <div key={id} class={`notice ${tone}`}>
            <Icon name={tone === 'calm' ? 'check' : 'alert'} />
            <p>{text}</p>
            <button type="button" class="icon-button" aria-label="Dismiss message" onClick={() => dismiss(id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
