import { Box, Static } from 'ink';
import type { Screen } from '../show-run.js';
import type { Frame } from './frame.js';
import { Rows } from './rows.js';
import type { Line } from './spans.js';

/** Something finished, on its way to the scrollback. */
export interface Printed {
  readonly key: number;
  readonly lines: readonly Line[];
}

export interface LiveScreenProps {
  readonly printed: readonly Printed[];
  /** Null once there is nothing left to move. */
  readonly frame: Frame | null;
  readonly paint: Screen['paint'];
}

/** The whole screen: what is finished goes up and stays, what moves stands below. */
export function LiveScreen({ printed, frame, paint }: LiveScreenProps): React.JSX.Element {
  return (
    <>
      <Static items={[...printed]}>{({ key, lines }) => <Rows key={key} lines={lines} paint={paint} />}</Static>
      {frame === null ? null : (
        <Box flexDirection="column">
          <Rows lines={frame.header} paint={paint} />
          <Rows lines={frame.body} paint={paint} />
          <Rows lines={frame.footer} paint={paint} />
        </Box>
      )}
    </>
  );
}
