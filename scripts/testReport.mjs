import { existsSync, readFileSync } from 'node:fs';

/**
 * What Vitest's JSON report says of a stage. A file that broke before its first test, and a run that ended badly without
 * saying so, count as one failure each: a stage that did not do its work never passes.
 */
export function readReport(path, exitCode) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: [] };
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const passed = count('passed');
  const failed = count('failed') + brokenFiles;
  const ranNothing = tests.length === 0;
  return {
    passed,
    failed: failed === 0 && (exitCode !== 0 || ranNothing) ? 1 : failed,
    skipped: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName),
  };
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Prints one line a stage, the skipped tests by name, and the sum of all on a line of its own. Whether all is well. */
export function printSummary(results) {
  const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);
  const width = Math.max(...results.map(({ title }) => title.length));
  console.log('\nSummary');
  for (const { title, seconds, passed, failed, skipped } of results) {
    const verdict = failed === 0 ? 'passed' : 'FAILED';
    const counts = [
      `${passed} passed`,
      `${failed} failed`,
      ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ];
    console.log(`  ${title.padEnd(width)}  ${verdict}  ${`${seconds.toFixed(1)} s`.padStart(8)}  ${counts.join(', ')}`);
  }
  const skipped = results.flatMap((result) => result.skipped);
  if (skipped.length > 0) {
    console.log(`\n${plural(skipped.length, 'test')} skipped:`);
    for (const name of skipped) console.log(`  ${name}`);
  }
  const passed = sum((result) => result.passed);
  const failed = sum((result) => result.failed);
  console.log(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  return failed === 0;
}

/** The same as a table in Markdown: a line a stage, and the sum. */
export function resultTable(results) {
  const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  return [
    row('Stage', 'Passed', 'Failed', 'Skipped', 'Seconds'),
    row('---', '--:', '--:', '--:', '--:'),
    ...results.map(({ title, passed, failed, skipped, seconds }) =>
      row(title, passed, failed, skipped.length, seconds.toFixed(0)),
    ),
    row(
      'All',
      sum(({ passed }) => passed),
      sum(({ failed }) => failed),
      sum(({ skipped }) => skipped.length),
      sum(({ seconds }) => seconds).toFixed(0),
    ),
    '',
  ].join('\n');
}
