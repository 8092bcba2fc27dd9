import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inspect, inspectionText } from './inspect/inspection';

const USAGE = `npm run inspect -- PATH [PATH ...] [--folders CORRECTIONS] [--json FILE]
Says what a folder, a .zip archive or several become as a data set, without training: classes, splits, skipped files. PATH may also be a
sample. --folders corrects what folders are taken for, as a link does: 3:test,5:out makes the folder at place 3 a test set and leaves out
the one at place 5. Roles: class, train, test, out, use.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, folders: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 1;
  } else {
    const inspected = await inspect(positionals, values.folders);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(inspected.inspection, null, 2)}\n`);
    console.log(inspectionText(inspected));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
