import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink } from '../../../src/domain/shareLink';
import { NUMBER_COLUMNS, outcomeOf, runsTable, whenWords } from '../../../src/ui/runs/runColumns';
import { keptRun } from '../../setup/runRecord';

const textsOf = (run: ReturnType<typeof keptRun>) => NUMBER_COLUMNS.map(({ text }) => text(run));

describe('the runs table', () => {
  it('shows a run’s last measurements, and marks missing ones', () => {
    expect(textsOf(keptRun())).toEqual(['200', '−0.990', '0.0100', '0.90', '6.0', '40.0 %', '–']);
    expect(textsOf(keptRun({ steps: 1, final: { loss: Number.NaN } }))).toEqual(['1', 'NaN', '–', '–', '–', '–', '–']);
  });

  it('shows the linear evaluation with its standard error', () => {
    const evaluation = {
      step: 200,
      accuracy: 0.583,
      standardError: 0.028,
      trainImages: 600,
      testImages: 300,
      lambda: 0.1,
      converged: true,
      classNames: ['a', 'b'],
      confusion: [
        [80, 70],
        [55, 95],
      ],
    };
    expect(textsOf(keptRun({ evaluation })).at(-1)).toBe('58.3 ± 2.8 %');
  });

  it('shows the outcome of a run', () => {
    expect(outcomeOf(keptRun())).toEqual({ text: 'collapsed at step 114', warning: true });
    expect(outcomeOf(keptRun({ diagnosis: { state: 'learning' }, state: 'finished' }))).toEqual({
      text: 'finished',
      warning: false,
    });
    expect(outcomeOf(keptRun({ diagnosis: null, state: 'failed' }))).toEqual({ text: 'failed', warning: true });
  });

  it('includes the date if it is not today', () => {
    const created = new Date(2026, 0, 2, 9, 5).getTime();
    expect(whenWords(created, new Date(2026, 0, 2, 23).getTime())).toBe('09:05');
    expect(whenWords(created, new Date(2026, 0, 3, 0).getTime())).toBe('Jan 2, 2026, 09:05');
  });

  it('is saved with full precision and a link that reproduces each run', () => {
    const folder = keptRun({
      id: 'two',
      name: 'cats, mostly',
      config: presetConfig('tiny', 'folder'),
      dataset: { name: 'cats', count: 300, sample: null, fingerprint: 'f00' },
      final: { loss: -0.123456789 },
      engine: null,
    });
    const [header, ...rows] = runsTable([keptRun(), folder], 'https://lab.example/some/where/#v=1&preset=small');
    expect(rows.map((row) => row.length)).toEqual([header!.length, header!.length]);
    const entry = (row: number, name: string) => rows[row]![header!.indexOf(name)];
    expect(entry(0, 'name')).toBe('SimSiam · stop-gradient off at step 61');
    expect(entry(0, 'begun')).toBe('2026-01-02T12:00:00.000Z');
    expect(entry(1, 'loss')).toBe(-0.123456789);
    expect(entry(1, 'kNN accuracy')).toBeUndefined();
    const link = String(entry(1, 'link'));
    expect(link).toMatch(/^https:\/\/lab\.example\/some\/where\/#v=\d+&/);
    expect(decodeShareLink(new URL(link).hash).run).toMatchObject({
      config: folder.config,
      changes: folder.changes,
      folder: { name: 'cats', count: 300, fingerprint: 'f00' },
    });
  });
});
