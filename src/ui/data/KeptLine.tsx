import { Anchor, Progress, Text } from '@mantine/core';
import { formatBytes } from '../../formats/bytes';
import { keptInUse } from '../../session/data/keptImagesStore';
import { useKeptImages, useLab } from '../lab';

/** Whether the person's own images are kept on this computer, with what can be done about it; without own images, where to get some. */
export function KeptLine() {
  const { keptImages } = useLab();
  const own = useKeptImages((kept) => kept.own);
  const keeping = useKeptImages((kept) => kept.keeping);
  const kept = useKeptImages(keptInUse);
  const problem = useKeptImages((state) => state.problem);
  if (keeping !== null) {
    const { name, done, bytes } = keeping;
    return (
      <>
        <Text size="xs" c="dimmed">
          Keeping “{name}”: {formatBytes(done)} of {formatBytes(bytes)} ·{' '}
          <Action words="Cancel" onClick={() => keptImages.onlyInTab()} />
        </Text>
        <Progress mt={4} size={3} value={(100 * done) / Math.max(1, bytes)} aria-label="Images kept" />
      </>
    );
  }
  if (own === null) {
    return (
      <Text size="xs" c="dimmed">
        Drop your own: they stay here.
      </Text>
    );
  }
  if (kept !== null) {
    return (
      <Text size="xs" c="dimmed" data-testid="images-kept">
        Kept on this computer, {formatBytes(kept.bytes)} ·{' '}
        <Action words="Forget" onClick={() => void keptImages.forget(kept.fingerprint)} />
      </Text>
    );
  }
  const keep = <Action words={`Keep, ${formatBytes(own.bytes)}`} onClick={() => void keptImages.keep()} />;
  if (problem !== null) {
    return (
      <Text size="xs" c="var(--lab-warning)" role="alert">
        {problem} {keep}
      </Text>
    );
  }
  return (
    <Text size="xs" c="dimmed">
      Your images stay in this tab · {keep}
    </Text>
  );
}

function Action({ words, onClick }: { readonly words: string; readonly onClick: () => void }) {
  return (
    <Anchor component="button" type="button" size="xs" onClick={onClick}>
      {words}
    </Anchor>
  );
}
