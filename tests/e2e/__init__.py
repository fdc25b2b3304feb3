"""The real program against the stand-ins, over sockets, started and killed as a process."""
