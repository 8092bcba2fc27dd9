import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { memo } from 'react';
import { csvOf } from '../../formats/csv';
import { notify } from '../../session/noticeStore';
import { useLab } from '../lab';
import { pngOf } from '../save/rasterise';
import { fileName, saveCsv, saveFile } from '../save/saveFile';
import { type ChartContents, figureOf, tableOf } from './chartContents';
import { figureSvg } from './figure';

/** Saves a chart as a picture or as numbers. */
export const SaveMenu = memo(function SaveMenu(contents: ChartContents) {
  const lab = useLab();
  const { title } = contents.chart;
  const svg = () => figureSvg(figureOf(lab, contents));
  const savePng = async () => {
    try {
      saveFile(fileName(title, 'png'), await pngOf(svg()));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'The picture could not be drawn.';
      notify(lab.noticeStore, `“${title}” was not saved as PNG: ${reason} Save it as SVG instead.`);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="xs"
          aria-label={`Save the chart ${title}`}
          title="Save this chart"
        >
          <IconDownload size={15} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saveFile(fileName(title, 'svg'), new Blob([svg()], { type: 'image/svg+xml' }))}>
          Picture, SVG
        </Menu.Item>
        <Menu.Item onClick={() => void savePng()}>Picture, PNG</Menu.Item>
        <Menu.Item onClick={() => saveCsv(title, csvOf(tableOf(lab, contents)))}>Numbers, CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
