"""A small scene for trials: one drone that circles nearby, heard by Wi-Fi, Bluetooth and microphones."""

SERIAL = "TST0CSMALL0000001"
SECONDS = 8.0
SMALL = f"""
name = "A small field"
seconds = {SECONDS}
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 6.0
name = "mast-one"
[microphones]
array = "respeaker_usb_4"
rate_hz = 16000
[[drone]]
name = "near"
path = {{ kind = "circle", east_m = 20.0, north_m = 25.0, height_m = 25.0, radius_m = 10.0, speed_mps = 5.0 }}
operator = {{ east_m = 10.0, north_m = -20.0 }}
sound = {{ aircraft = "mid_quad" }}
remote_id = {{ mac = "02:82:b7:0e:ee:01", serial = "{SERIAL}", transports = ["wifi_beacon", "ble_legacy"], beacon_interval_tu = 100 }}
"""
