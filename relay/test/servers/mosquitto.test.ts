import { describe, expect, it } from 'vitest'
import { answersAfterPause } from './answers-after-pause.js'
import { makeCertificates } from './certificates.js'
import { endsWithTest } from './ends-with-test.js'
import { startMosquitto } from './mosquitto.js'
import { mosquittoPub, mosquittoSub } from './mosquitto-clients.js'

const ours = makeCertificates()
const foreign = makeCertificates('foreign')
const bytes = Buffer.of(0, 255, 10, 34, 92, 128, 32, 10)

describe('mosquitto', () => {
  it('delivers bytes and properties, before and after it was killed', async () => {
    const { port, kill, restart, says } = endsWithTest(await startMosquitto({ trace: true }))
    for (const life of ['first', 'second']) {
      const sub = endsWithTest(await mosquittoSub(port, ['good/+'], ['-V', 'mqttv5']))
      expect(sub.granted).toEqual([0])
      await mosquittoPub(port, 'good/ä b', bytes, ['-V', 'mqttv5', '-D', 'publish', 'user-property', 'life', life])
      await mosquittoPub(port, 'good/empty', '')
      const properties = { 'user-properties': { life } }
      expect(await sub.next()).toEqual({ topic: 'good/ä b', payload: bytes, qos: 0, retain: false, properties })
      expect(await sub.next()).toMatchObject({ topic: 'good/empty', payload: Buffer.of() })
      await says(/Received PUBLISH from/)
      await kill()
      await restart()
    }
  })

  it('answers requests of a pause when it is resumed', async () => {
    const [one, other] = [endsWithTest(await startMosquitto()), endsWithTest(await startMosquitto())]
    await answersAfterPause(
      one,
      () => mosquittoPub(one.port, 'a', 'b'),
      () => mosquittoPub(other.port, 'a', 'b'),
    )
  })

  it('checks users and their permissions', async () => {
    const { port } = endsWithTest(
      await startMosquitto({ users: { me: 'secret: ü', other: 'x' }, acl: 'user me\ntopic read good/#' }),
    )
    const as = (name: string, password: string): string[] => ['-V', 'mqttv5', '-u', name, '-P', password]
    const { granted } = endsWithTest(await mosquittoSub(port, ['good/#'], as('me', 'secret: ü')))
    expect(granted).toEqual([0])
    await expect(mosquittoPub(port, 'good/a', 'b', as('me', 'wrong'))).rejects.toThrow(/not authori[sz]ed/i)
    await expect(mosquittoPub(port, 'good/a', 'b')).rejects.toThrow(/not authori[sz]ed/i)
  })

  it('accepts TLS clients that trust it and that it trusts', async () => {
    const { port } = endsWithTest(await startMosquitto({ tls: ours, requireClientCertificate: true }))
    const publish = ({ caFile }: typeof ours, { client }: typeof ours): Promise<void> =>
      mosquittoPub(port, 'a', 'b', ['--cafile', caFile, '--cert', client.certFile, '--key', client.keyFile])
    await publish(ours, ours)
    await expect(publish(foreign, ours)).rejects.toThrow()
    await expect(publish(ours, foreign)).rejects.toThrow()
  })
})
