import { flattenConfig, setConfigValue } from '../../domain/configPath';
import type { RunConfig } from '../../domain/runConfig';
import { decodeShareLink, encodeShareLink } from '../../domain/shareLink';

/** Settings of the page rather than of a lesson: they stay, unless the lesson names them. */
const KEPT = ['engine', 'precision', 'images'] as const satisfies readonly (keyof RunConfig)[];

/** The link of a run with the settings of a lesson on this page, with a notice for each that could not be read. */
export function settingsLink(
  settings: string,
  page: RunConfig,
): { readonly link: string; readonly notices: readonly string[] } {
  const { run, notices } = decodeShareLink(settings);
  const named = new URLSearchParams(settings);
  const values = flattenConfig(page);
  const kept = KEPT.filter((path) => !named.has(path));
  const config = kept.reduce((made, path) => setConfigValue(made, path, values.get(path)), run.config);
  return { link: encodeShareLink({ ...run, config }), notices };
}
