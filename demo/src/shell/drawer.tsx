import { useEffect, useRef } from 'react'
import { create } from 'zustand'
import { usePage } from '../page.js'
import { Icon } from '../ui/icon.js'
import { SidebarContent } from './sidebar.js'

const useDrawer = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }))

/** Opens the drawer of a narrow screen. */
export function MenuButton() {
  const isOpen = useDrawer((drawer) => drawer.isOpen)
  return (
    <button
      type="button"
      aria-label="Menu"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={() => useDrawer.setState({ isOpen: true })}
      className="grid size-11 shrink-0 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
        hover:text-text"
    >
      <Icon name="menu" className="size-5" />
    </button>
  )
}

const close = (): void => useDrawer.setState({ isOpen: false })

/** The sidebar of a narrow screen. A modal dialog: it keeps the focus, and Escape closes it. */
export function Drawer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = useDrawer((drawer) => drawer.isOpen)
  const view = usePage((page) => page.view)
  const room = usePage((page) => page.room)

  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a choice closes it
  useEffect(close, [view, room])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop; its key is Escape
    <dialog
      ref={dialog}
      aria-label="Menu"
      onClose={close}
      onClick={(event) => event.target === event.currentTarget && close()}
      className="drawer m-0 h-dvh max-h-none w-72 max-w-[85vw] border-line border-r bg-panel text-text"
    >
      {isOpen && <SidebarContent onChoose={close} />}
    </dialog>
  )
}
