#!/usr/bin/env python3
"""Passes connections on, so that a network can be cut: tcp_proxy.py FROM-PORT TO-PORT

When it is killed, both ends of each connection see it closed.
"""
import socket
import sys
import threading


def pass_on(source, sink):
    try:
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for each in (source, sink):
            each.close()


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as door:
    print("open", flush=True)
    while True:
        near, _ = door.accept()
        try:
            far = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
        except OSError:
            near.close()
            continue
        for ends in ((near, far), (far, near)):
            threading.Thread(target=pass_on, args=ends, daemon=True).start()
