import type { Source } from './source.js'
import { startWalk, type Walk } from './walk.js'

interface Sensor extends Walk {
  readonly subject: string
  readonly unit: string
}

const sensors: readonly Sensor[] = [
  { subject: 'sensor.cellar.temperature', unit: '°C', mean: 4, step: 0.25 },
  { subject: 'sensor.hall.temperature', unit: '°C', mean: 17, step: 0.4 },
  { subject: 'sensor.truck.temperature', unit: '°C', mean: 9, step: 0.6 },
  { subject: 'sensor.greenhouse.temperature', unit: '°C', mean: 26, step: 0.5 },
  { subject: 'sensor.cellar.humidity', unit: '%', mean: 81, step: 0.8 },
  { subject: 'sensor.greenhouse.humidity', unit: '%', mean: 66, step: 0.9 },
]

/** Sensors of a fruit store. Each publishes twice a second. */
export function openSensors(): readonly Source[] {
  return sensors.map(({ subject, unit, ...walk }) => {
    const step = startWalk(walk)
    return {
      brokers: ['mqtt'],
      everyMs: 500,
      next: () => ({ subject, data: { value: Math.round(step() * 100) / 100, unit } }),
    }
  })
}
