import type { VideoRecord } from '../../client/index.ts';
import { costFacts } from './cost-facts.ts';

/** What the work on this video took, and what that costs. */
export function Cost({ video }: { video: VideoRecord }) {
  return (
    <section class="panel" aria-labelledby="cost-title">
      <h2 id="cost-title">What it took</h2>
      <dl class="facts">
        {costFacts(video).map(({ name, value, more }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              {more && <small class="muted">{more}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
