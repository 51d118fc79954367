import type { VideoRecord } from '../../client/index.ts';
import { FactList } from '../ui/fact-list.tsx';
import { costFacts } from './cost-facts.ts';

/** What the work on this video took, and what that costs. */
export function Cost({ video }: { video: VideoRecord }) {
  return (
    <section class="panel" aria-labelledby="cost-title">
      <h2 id="cost-title">What it took</h2>
      <FactList facts={costFacts(video)} />
    </section>
  );
}
