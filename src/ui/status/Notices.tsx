import { CloseButton, Text } from '@mantine/core';
import { dismiss } from '../../session/noticeStore';
import { useLab, useNotices } from '../lab';
import classes from './Status.module.css';

/** Notices, e.g. of a link that could not be read in full, each until it is dismissed. */
export function Notices() {
  const lab = useLab();
  const notices = useNotices();
  return notices.map(({ id, text }) => (
    <div key={id} className={classes.notice} role="status">
      <Text size="sm">{text}</Text>
      <CloseButton size="sm" aria-label="Dismiss this notice" onClick={() => dismiss(lab.noticeStore, id)} />
    </div>
  ));
}
