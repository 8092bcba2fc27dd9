import { CloseButton, Text } from '@mantine/core';
import { dismiss } from '../../session/noticeStore';
import { useLab, useNotices } from '../lab';
import classes from './Status.module.css';

/** Notices, e.g. that a link could not be read completely; each is shown until it is dismissed. */
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
