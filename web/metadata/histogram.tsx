import type { MetadataDocument } from '../../core/metadata.ts';
import { curve, HEIGHT, WIDTH } from './curve.ts';

const CHANNELS = [
  ['r', 'Red'],
  ['g', 'Green'],
  ['b', 'Blue'],
] as const;

/** How the first picture's colours are spread, from dark to bright. */
export function Histogram({ profile }: { profile: MetadataDocument['color_profile'] }) {
  const { histograms, average_color } = profile;
  const tallest = Math.max(...CHANNELS.flatMap(([channel]) => histograms[channel]));
  const [r, g, b] = CHANNELS.map(([channel]) => Math.round(average_color[channel]));
  const hex = `#${[r, g, b].map((value = 0) => value.toString(16).padStart(2, '0')).join('')}`;
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Colours of the first picture, from dark to bright. Its average is red ${r}, green ${g}, blue ${b}.`}
      >
        {CHANNELS.map(([channel]) => (
          <path key={channel} class={`curve curve-${channel}`} d={curve(histograms[channel], tallest)} />
        ))}
      </svg>
      <figcaption>
        <span class="axis muted small">
          <span>dark</span>
          <span>bright</span>
        </span>
        <span class="average">
          <span class="swatch" style={{ backgroundColor: hex }} aria-hidden="true" />
          <span>
            Average colour <code>{hex}</code>
          </span>
        </span>
      </figcaption>
    </figure>
  );
}
