const ONES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** `twenty-three` is 23. */
function inDigits(text: string): string {
  const ones = ONES.join('|');
  const spelled = new RegExp(`\\b(?:(${TENS.join('|')})(?:[- ](${ONES.slice(1, 10).join('|')}))?|(${ones}))\\b`, 'giu');
  return text.replace(spelled, (_whole, tens: string | undefined, rest: string | undefined, one: string | undefined) => {
    if (one !== undefined) return String(ONES.indexOf(one.toLowerCase()));
    const units = rest === undefined ? 0 : ONES.indexOf(rest.toLowerCase());
    return String((TENS.indexOf((tens ?? '').toLowerCase()) + 2) * 10 + units);
  });
}

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;
const OPERATORS: readonly (readonly [RegExp, (a: number, b: number) => number])[] = [
  [new RegExp(`${NUMBER}\\s*(?:[*×x·]|times|multiplied by)\\s*${NUMBER}`, 'iu'), (a, b) => a * b],
  [new RegExp(`${NUMBER}\\s*(?:/|÷|divided by|over)\\s*${NUMBER}`, 'iu'), (a, b) => a / b],
  [new RegExp(`${NUMBER}\\s*(?:\\+|plus|added to)\\s*${NUMBER}`, 'iu'), (a, b) => a + b],
  [new RegExp(`${NUMBER}\\s*(?:[-−–]|minus|less)\\s*${NUMBER}`, 'iu'), (a, b) => a - b],
];
/** Commands, whose operands come in an order of their own. */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\bmultiply ${NUMBER} (?:by|with|and) ${NUMBER}`, 'giu'), '$1 * $2'],
  [new RegExp(`\\bproduct of ${NUMBER} and ${NUMBER}`, 'giu'), '$1 * $2'],
  [new RegExp(`\\b(?:sum of|add|adding) ${NUMBER} (?:and|to|with) ${NUMBER}`, 'giu'), '$1 + $2'],
  [new RegExp(`\\bsubtract ${NUMBER} from ${NUMBER}`, 'giu'), '$2 - $1'],
  [new RegExp(`\\bdivide ${NUMBER} by ${NUMBER}`, 'giu'), '$1 / $2'],
  [new RegExp(`\\bincrease ${NUMBER} by ${NUMBER}`, 'giu'), '$1 + $2'],
];
/** Words for what was answered last. */
const BEFORE = /\b(?:(?:your|the) (?:last|previous|earlier) (?:answer|reply|result|number|response)|(?:that|the) (?:answer|result|number)|that)\b/giu;

/** The value of a calculation in words or signs; undefined when there is none. `previous`: what “your last answer” means. */
export function calculate(text: string, previous: string | undefined): number | undefined {
  const last = previous === undefined ? undefined : /-?\d+(?:\.\d+)?/u.exec(previous)?.[0];
  let formula = inDigits(last === undefined ? text : text.replaceAll(BEFORE, last));
  for (const [command, form] of COMMANDS) formula = formula.replace(command, form);
  let found = false;
  for (const [operator, apply] of OPERATORS) {
    for (let match = operator.exec(formula); match !== null; match = operator.exec(formula)) {
      found = true;
      formula = formula.replace(match[0], String(apply(Number(match[1]), Number(match[2]))));
    }
  }
  const value = /-?\d+(?:\.\d+)?/u.exec(formula.slice(found ? 0 : formula.length));
  return found && value !== null ? Number(value[0]) : undefined;
}

/** The ends of a range to be counted through; undefined when nothing is to be counted. */
export function rangeOf(text: string): readonly [number, number] | undefined {
  const digits = inDigits(text);
  if (!/\b(?:count|list|enumerate|recite|write (?:out|down)?|numbers?)\b/iu.test(digits)) return undefined;
  const range = /(\d+)\s*(?:to|through|until|till|up to|and|-|–|…)\s*(\d+)/iu.exec(digits) ?? /\b(?:up )?to()\s*(\d+)/iu.exec(digits);
  return range === null ? undefined : [Number(range[1] === '' ? 1 : range[1]), Number(range[2])];
}
