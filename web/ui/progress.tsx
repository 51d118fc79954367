interface ProgressProps {
  /** 0 to 100. */
  value: number;
  label: string;
  tone?: 'running' | 'done' | 'trouble' | 'still';
}

export function Progress({ value, label, tone = 'running' }: ProgressProps) {
  const shown = Math.max(0, Math.min(100, value));
  return (
    <div
      class={`progress ${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(shown)}
    >
      <div class="progress-bar" style={{ inlineSize: `${shown}%` }} />
    </div>
  );
}
