import { seededRandom } from '../loss/random.js'

/** Random choices that depend only on a seed. */
export class Generator {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** A whole number from 0 up to a limit, without it. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  /** True once in `times`, on average. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)))
  }

  /** Changes a few bytes: replaces, removes, repeats, cuts off or inserts. */
  mutate(input: Uint8Array): Buffer {
    let bytes = Buffer.from(input)
    for (let times = 1 + this.below(4); times > 0; times--) {
      const at = this.below(bytes.length + 1)
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
      const middle = this.pick([
        () => Buffer.concat([before, Buffer.of(this.below(256)), after.subarray(1)]),
        () => Buffer.concat([before, after.subarray(1 + this.below(8))]),
        () => Buffer.concat([before, after.subarray(0, 16), after]),
        () => Buffer.from(before),
        () => Buffer.concat([before, this.bytes(16), after]),
        () => Buffer.concat([before, Buffer.from(this.pick(hostileTexts)), after]),
      ])
      bytes = middle()
    }
    return bytes
  }

  /** A text that parsers may read wrongly. */
  text(): string {
    return this.once(3) ? this.bytes(24).toString('latin1') : this.pick(hostileTexts)
  }
}

const hostileTexts = [
  '',
  '*',
  '**',
  '>',
  '..',
  '$SYS.x',
  '_relay.disconnect',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\r\n\r\n',
  '%00',
  '%2e%2e%2f',
  '\ud800',
  '\ufeff',
  '"',
  '{',
  '[[[[[[[[',
  '1e400',
  '-0',
  '9007199254740993',
  'a'.repeat(2000),
  'a.'.repeat(300),
  'request.01ARZ3NDEKTSV4RRFFQ69G5FAV.a',
  'response.01ARZ3NDEKTSV4RRFFQ69G5FAV.a',
]
