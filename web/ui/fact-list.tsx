/** A line of what people want to know. */
export interface Fact {
  name: string;
  value: string;
  /** What makes it exact, or easier to understand. */
  more?: string;
}

export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ name, value, more }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {more && <small class="muted">{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
