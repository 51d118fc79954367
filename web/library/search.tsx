import { useRef } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { loadPage, query } from './store.ts';

/** Typing is not waited for long, and no answer is asked for each letter. */
const PAUSE_MS = 250;

export function Search() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return (
    <label class="search">
      <span class="visually-hidden">Search by name</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder="Search by name"
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => void loadPage(), PAUSE_MS);
        }}
      />
    </label>
  );
}
