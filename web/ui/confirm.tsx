import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface Question {
  title: string;
  detail: string;
  yes: string;
  no: string;
  answer: (confirmed: boolean) => void;
}

const question = signal<Question | undefined>(undefined);

/** Asks before what cannot be undone. */
export function confirmed(title: string, detail: string, yes: string, no = 'Keep it'): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      title,
      detail,
      yes,
      no,
      answer: (is) => {
        question.value = undefined;
        resolve(is);
      },
    };
  });
}

export function Confirm() {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = question.value;
  useEffect(() => {
    if (asked && !dialog.current?.open) dialog.current?.showModal();
    if (!asked) dialog.current?.close();
  }, [asked]);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" onClose={() => question.value?.answer(false)}>
      {asked && (
        <>
          <h2 id="confirm-title">{asked.title}</h2>
          <p>{asked.detail}</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => asked.answer(false)}>
              {asked.no}
            </button>
            <button type="button" class="button danger" onClick={() => asked.answer(true)}>
              {asked.yes}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
