import { Anchor } from '@mantine/core';
import { formatBytes } from '../../formats/bytes';
import { useKeptImages, useLab } from '../lab';
import { Section } from '../layout/Section';
import classes from './DataPanel.module.css';

/** The images that are kept on this computer, each with its size, and who can read them; nothing where none are. */
export function KeptFolders() {
  const { keptImages } = useLab();
  const own = useKeptImages((kept) => kept.own?.fingerprint);
  const folders = useKeptImages((kept) => kept.folders);
  const unreadable = useKeptImages((kept) => kept.unreadable);
  if (folders.length + unreadable.length === 0) return null;
  const all = [
    ...folders.map(({ fingerprint, name, bytes }) => ({
      fingerprint,
      name,
      note: `${formatBytes(bytes)}${fingerprint === own ? ', in use' : ''}`,
    })),
    ...unreadable.map(({ fingerprint, name }) => ({
      fingerprint,
      name: name ?? 'Images',
      note: 'cannot be read: damaged, or of a later version of the page',
    })),
  ];
  return (
    <Section title="Kept on this computer">
      <div className={classes.facts}>
        <ul className={classes.kept}>
          {all.map(({ fingerprint, name, note }) => (
            <li key={fingerprint}>
              <span>
                <strong>{name}</strong> {note}
              </span>
              <Anchor
                component="button"
                type="button"
                size="sm"
                aria-label={`Forget ${name}`}
                onClick={() => void keptImages.forget(fingerprint)}
              >
                Forget
              </Anchor>
            </li>
          ))}
        </ul>
        Every page of this address, and whoever uses this browser profile, can read them until they are forgotten.
      </div>
    </Section>
  );
}
