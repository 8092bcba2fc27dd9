import { existsSync, readFileSync } from 'node:fs';

/**
 * The results of a stage from Vitest's JSON report. A file that failed before its first test counts as a failure, and so does a
 * stage without a failed test that exited with an error or ran no test, so that an incomplete stage never passes.
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

/** Prints a line per stage, the names of skipped tests, and a line with the totals. Returns whether all stages passed. */
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

/** The results as a Markdown table: a row per stage, and the totals. */
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
