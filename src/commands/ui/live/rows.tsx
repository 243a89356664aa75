import { Text, Transform } from 'ink';
import { paintLine, type Line } from './spans.js';
import type { Screen } from '../show-run.js';

export interface RowsProps {
  readonly lines: readonly Line[];
  readonly paint: Screen['paint'];
}

/**
 * Finished lines, one below the other. Ink lays out blanks in their place: it keeps what it has measured and wrapped for ever,
 * which for text that changes twenty times a second is a leak, and it takes each cell for one character.
 */
export function Rows({ lines, paint }: RowsProps): React.JSX.Element | null {
  if (lines.length === 0) return null;
  const painted = lines.map((each) => paintLine(each, paint));
  return (
    <Transform transform={(_blank, row) => painted[row] ?? ''}>
      <Text>{Array.from({ length: lines.length }, () => ' ').join('\n')}</Text>
    </Transform>
  );
}
