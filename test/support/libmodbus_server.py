"""A Modbus TCP server of libmodbus, Debian's own library, for our tests. Prints its port; ends with its input."""

import ctypes
import os
import select
import socket
import struct
import sys


class Mapping(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("nb_bits", "start_bits", "nb_input_bits", "start_input_bits",
                "nb_input_registers", "start_input_registers", "nb_registers", "start_registers")] + [
        ("tab_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_registers", ctypes.POINTER(ctypes.c_uint16)),
        ("tab_registers", ctypes.POINTER(ctypes.c_uint16)),
    ]


modbus = ctypes.CDLL("libmodbus.so.5")
modbus.modbus_new_tcp.restype = ctypes.c_void_p
modbus.modbus_mapping_new.restype = ctypes.POINTER(Mapping)

COILS, DISCRETE, HOLDING, INPUT = 100, 200, 400, 150
mapping = modbus.modbus_mapping_new(COILS, DISCRETE, HOLDING, INPUT)
memory = mapping.contents


def put(address, raw):
    for i, word in enumerate(struct.unpack(">%dH" % (len(raw) // 2), raw)):
        memory.tab_registers[address + i] = word


for i in range(HOLDING):
    memory.tab_registers[i] = i
put(0, struct.pack(">hH", -1234, 54321))
put(100, struct.pack(">f", 123.5))
put(102, struct.pack(">i", -123456789))
put(104, struct.pack(">d", -2.25))
put(108, struct.pack(">Q", 2**64 - 1))
put(120, b"PUMP 01\0")
for i in range(INPUT):
    memory.tab_input_registers[i] = 1000 + i
for i in range(COILS):
    memory.tab_bits[i] = i % 2 == 0
for i in range(DISCRETE):
    memory.tab_input_bits[i] = i % 3 == 0

context = ctypes.c_void_p(modbus.modbus_new_tcp(b"127.0.0.1", 0))
listening = modbus.modbus_tcp_listen(context, 5)
with socket.socket(fileno=os.dup(listening)) as bound:
    print(bound.getsockname()[1], flush=True)
query = (ctypes.c_uint8 * 260)()
clients = []
while True:
    for ready in select.select([sys.stdin, listening, *clients], [], [])[0]:
        if ready is sys.stdin:
            os._exit(0)
        if ready == listening:
            clients.append(modbus.modbus_tcp_accept(context, ctypes.byref(ctypes.c_int(listening))))
            continue
        modbus.modbus_set_socket(context, ready)
        length = modbus.modbus_receive(context, query)
        if length > 0:
            modbus.modbus_reply(context, query, length, mapping)
        elif length < 0:
            clients.remove(ready)
            os.close(ready)
