import { Button, CopyButton, ScrollArea, Table } from '@mantine/core';
import type { BenchReport, BenchTable } from '../../domain/benchmark';
import type { BenchResult } from '../../protocol/bench';
import { Panel } from '../layout/Panel';
import { fileName, saveFile } from '../save/saveFile';
import classes from './BenchPage.module.css';

function ResultTable({ title, note, columns, rows }: BenchTable) {
  return (
    <Panel title={title}>
      <p className={classes.note}>{note}</p>
      {/* Wide tables scroll inside their panel, by keyboard too. */}
      <ScrollArea type="auto" offsetScrollbars="x" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': title }}>
        <Table className={classes.table} verticalSpacing={4} horizontalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.slice(0, 2).join(' ')}>
                {row.map((cell, i) => (
                  <Table.Td key={columns[i]}>{cell}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
}

function saveJson(report: BenchReport): void {
  const content = new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' });
  saveFile(fileName(`benchmark ${report.date.slice(0, 10)}`, 'json'), content);
}

/** The report as tables, with buttons to download and to copy it. */
export function BenchResults({ result: { report, facts, tables, markdown } }: { readonly result: BenchResult }) {
  return (
    <>
      <Panel title="Result">
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {report.notes.length > 0 && (
          <ul className={classes.notes}>
            {report.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => saveJson(report)}>
            Download JSON
          </Button>
          <CopyButton value={markdown}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy Markdown'}
              </Button>
            )}
          </CopyButton>
        </div>
      </Panel>
      {tables.map((table) => (
        <ResultTable key={table.title} {...table} />
      ))}
    </>
  );
}
