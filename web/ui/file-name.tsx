/** The name of somebody's file, in whatever script: cut where it is too long, and whole to who points at it. */
export function FileName({ name }: { name: string }) {
  return (
    <strong class="cut" dir="auto" title={name}>
      {name}
    </strong>
  );
}
