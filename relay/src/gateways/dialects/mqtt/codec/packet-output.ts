/** The longest string or binary data: its length has two bytes. */
const mostBytes = 0xffff

/** The largest variable byte integer. */
const mostVarint = 0xfff_ffff

/** The number of bytes of a variable byte integer. */
export function varintSize(value: number): number {
  if (value > mostVarint) throw new RangeError(`${value} is no variable byte integer of MQTT`)
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
}

/** Whether a text can be a string of MQTT: not too long, without U+0000 [MQTT-1.5.4-2]. */
export function isMqttText(text: string): boolean {
  return Buffer.byteLength(text) <= mostBytes && !text.includes('\0')
}

/** The number of bytes of a string, its length included. */
export function textSize(text: string): number {
  if (!isMqttText(text)) throw new RangeError(`a string of MQTT has no U+0000 and at most ${mostBytes} bytes`)
  return 2 + Buffer.byteLength(text)
}

/** The number of bytes of binary data, its length included. */
export function binarySize({ length }: Uint8Array): number {
  if (length > mostBytes) throw new RangeError(`binary data of MQTT has at most ${mostBytes} bytes, not ${length}`)
  return 2 + length
}

/** Writes the fields of one packet into bytes whose number is known. */
export class PacketOutput {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  byte(value: number): void {
    this.bytes[this.at++] = value
  }

  word(value: number): void {
    this.at = this.bytes.writeUInt16BE(value, this.at)
  }

  long(value: number): void {
    this.at = this.bytes.writeUInt32BE(value, this.at)
  }

  varint(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  text(text: string): void {
    const length = this.bytes.write(text, this.at + 2)
    this.word(length)
    this.at += length
  }

  binary(bytes: Uint8Array): void {
    this.word(bytes.length)
    this.blob(bytes)
  }

  blob(bytes: ArrayLike<number>): void {
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }
}
