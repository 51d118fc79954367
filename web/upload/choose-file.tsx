import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { ACCEPTED } from './video-type.ts';

/**
 * A button that asks for a file, again for the same one if need be.
 *
 * @param label what screen readers say, where the words on it are not enough
 */
export function ChooseFile(props: { label?: string; onFile: (file: File) => void; children: ComponentChildren }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept={ACCEPTED}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) props.onFile(file);
          currentTarget.value = '';
        }}
      />
      <button type="button" class="button" aria-label={props.label} onClick={() => input.current?.click()}>
        {props.children}
      </button>
    </>
  );
}
