import { FileName } from '../ui/file-name.tsx';
import { Icon } from '../ui/icon.tsx';
import { Progress } from '../ui/progress.tsx';
import { bytes } from '../words.ts';
import { ChooseFile } from './choose-file.tsx';
import {
  addFiles,
  giveUp,
  type Interrupted,
  interrupted,
  pauseOrResume,
  removeUpload,
  retryUpload,
  type Upload,
  uploads,
  uploadWords,
} from './queue.ts';

/** Files on their way, and those that could be again. */
export function UploadList() {
  if (uploads.value.length === 0 && interrupted.value.length === 0) return null;
  return (
    <section aria-labelledby="uploads-title" class="uploads">
      <h2 id="uploads-title">On their way</h2>
      <ul>
        {uploads.value.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
        {interrupted.value.map((kept) => (
          <InterruptedRow key={kept.key} kept={kept} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { id, name, size, sent, state, error } = upload;
  const percent = state === 'done' ? 100 : (100 * sent) / (size || 1);
  const tone = state === 'failed' ? 'trouble' : state === 'done' ? 'done' : state === 'sending' ? 'running' : 'still';
  return (
    <li class="upload" data-state={state}>
      <div class="upload-words">
        <FileName name={name} />
        <span class="muted">{uploadWords(upload)}</span>
      </div>
      <Progress value={percent} label={`Upload of ${name}`} tone={tone} />
      <div class="upload-actions">
        {(state === 'sending' || state === 'queued' || state === 'waiting') && (
          <button type="button" class="icon-button" aria-label={`Pause ${name}`} onClick={() => pauseOrResume(id)}>
            <Icon name="pause" />
          </button>
        )}
        {state === 'paused' && (
          <button type="button" class="icon-button" aria-label={`Resume ${name}`} onClick={() => pauseOrResume(id)}>
            <Icon name="play" />
          </button>
        )}
        {state === 'failed' && (
          <button type="button" class="icon-button" aria-label={`Try ${name} again`} onClick={() => retryUpload(id)}>
            <Icon name="retry" />
          </button>
        )}
        {state !== 'done' && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Cancel the upload of ${name}`}
            onClick={() => removeUpload(id)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      {error && <p class="trouble-text">{error}</p>}
    </li>
  );
}

function InterruptedRow({ kept }: { kept: Interrupted }) {
  const { name, size } = kept;
  return (
    <li class="upload" data-state="interrupted">
      <div class="upload-words">
        <FileName name={name} />
        <span class="muted">
          {kept.session
            ? `Interrupted (${bytes(size)}). Choose the same file again, and it goes on where it was.`
            : `Not begun (${bytes(size)}). Choose the same file again: this browser has no copy of it.`}
        </span>
      </div>
      <div class="upload-actions">
        <ChooseFile onFile={(file) => addFiles([file])}>Choose file</ChooseFile>
        <button
          type="button"
          class="icon-button"
          aria-label={`Give up the upload of ${name}`}
          onClick={() => void giveUp(kept)}
        >
          <Icon name="close" />
        </button>
      </div>
    </li>
  );
}
