import { hash } from 'node:crypto'
import type { PublishKey } from '../../core/publish-key.js'

/** Returns a short id of the key of a publish, the same at every relay. */
export function keyId({ name }: PublishKey): string {
  return hash('sha256', name, 'base64url')
}
