"""Scapy as a second IEC 60870-5-104 codec. `encode SEED`: telegrams of every type, one JSON object a line with the octets and every
field that scapy put in. `speed OCTETS SECONDS`: prints how many APDUs it dissects in a second of processor time. `decode`: reads octets in hexadecimal, one APDU a line, and prints scapy's fields as JSON."""
import json
import random
import struct
import sys
import time

from scapy.contrib.scada.iec104 import IEC104_APDU, IEC104_I_Message_SeqIOA, IEC104_I_Message_SingleIOA
from scapy.contrib.scada.iec104.iec104_information_objects import IEC104_IO_CLASSES, IEC104_IO_WITH_IOA_CLASSES

LIMITS = {"sec_milli": (0, 59999), "minutes": (0, 59), "hours": (0, 23), "day_of_month": (1, 28), "month": (1, 12), "year": (0, 99)}


def value_of(field, rng):
    if field.name in LIMITS:
        return rng.randint(*LIMITS[field.name])
    if field.name.startswith("reserved"):
        return 0
    kind = type(field).__name__
    if kind.startswith("Bit"):
        return rng.getrandbits(field.size)
    if kind == "LEThreeBytesField":
        return rng.getrandbits(24)
    if kind == "LEIEEEFloatField":
        return struct.unpack("<f", struct.pack("<f", rng.uniform(-1e6, 1e6)))[0]
    if kind == "IEC60870_5_4_NormalizedFixPoint":
        return rng.randint(-32768, 32767)
    if kind == "IEC104SignedSevenBitValue":
        return rng.randint(-64, 63)
    if kind in ("LEShortField",):
        return rng.getrandbits(16)
    if kind == "LESignedShortField":
        return rng.randint(-32768, 32767)
    if kind == "LESignedIntField":
        return rng.randint(-(2**31), 2**31 - 1)
    raise ValueError(kind)


def build(cls, rng):
    return cls(**{field.name: value_of(field, rng) for field in cls.fields_desc})


def encode(seed):
    rng = random.Random(seed)
    for type_id in [*range(1, 22), *range(30, 41)]:
        for sequence in (False, True):
            count = rng.randint(1, 5)
            head = {"rx_seq_num": rng.getrandbits(15), "tx_seq_num": rng.getrandbits(15), "type_id": type_id, "cot": 3}
            head |= {"num_io": count, "common_asdu_address": rng.randint(1, 65535), "origin_address": rng.getrandbits(8)}
            if sequence:
                first = rng.randint(1, 1000)
                items = [build(IEC104_IO_CLASSES[type_id], rng) for _ in range(count)]
                apdu = IEC104_I_Message_SeqIOA(information_object_address=first, io=items, **head)
            else:
                first = None
                items = [build(IEC104_IO_WITH_IOA_CLASSES[type_id], rng) for _ in range(count)]
                apdu = IEC104_I_Message_SingleIOA(io=items, **head)
            fields = [{field.name: item.getfieldval(field.name) for field in item.fields_desc} for item in items]
            print(json.dumps({"octets": bytes(apdu).hex(), "first": first, **head, "items": fields}))


def decode():
    for line in sys.stdin:
        apdu = IEC104_APDU(bytes.fromhex(line.strip()))
        fields = {key: value for key, value in apdu.fields.items() if isinstance(value, (int, float, str))}
        items = apdu.fields.get("io", [])
        print(json.dumps({"class": type(apdu).__name__, **fields, "items": [item.fields for item in items]}, default=str))


def speed(octets, seconds):
    began = time.process_time()
    count = 0
    while time.process_time() - began < seconds:
        IEC104_APDU(octets)
        count += 1
    print(json.dumps(count / (time.process_time() - began)))


if sys.argv[1] == "encode":
    encode(int(sys.argv[2]))
elif sys.argv[1] == "speed":
    speed(bytes.fromhex(sys.argv[2]), float(sys.argv[3]))
else:
    decode()
