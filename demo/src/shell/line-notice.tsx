import { takeDetour, useLine } from '../line.js'

/** Reminds the user of a slow line, whatever view is open. */
export function LineNotice() {
  const speed = useLine((line) => line.speed)
  if (speed === 0) return null
  return (
    <p className="flex items-center justify-between gap-2 rounded-md bg-warn/10 px-2 py-1.5 text-warn text-xs">
      slow line: {speed / 1000} kB/s
      <button
        type="button"
        onClick={() => takeDetour(undefined, 0)}
        className="min-h-6 px-1 underline underline-offset-2 touch:min-h-11"
      >
        end
      </button>
    </p>
  )
}
