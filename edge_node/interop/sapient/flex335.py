"""All messages of SAPIENT, BSI Flex 335 v2.0, as tables: what a library of 7 MB would say, and tests hold against it.

A message: number, name, kind of each field; `!` is mandatory, `*` repeated, `@` one of a group, `@...!` of a group of which one must be.
The object to follow is a ULID, as all objects are; the standard's own schema does not say so, its test corpus does.
An enumeration: what its names begin with, then the names by their numbers from 0.
"""

from __future__ import annotations

MESSAGES = """
SapientMessage: 1 timestamp time!, 2 node_id uuid!, 3 destination_id uuid, 4 registration Registration @content!,
    5 registration_ack RegistrationAck @content!, 6 status_report StatusReport @content!, 7 detection_report DetectionReport @content!,
    8 task Task @content!, 9 task_ack TaskAck @content!, 10 alert Alert @content!, 11 alert_ack AlertAck @content!,
    12 error Error @content!, 13 additional_information text
Registration: 1 node_definition NodeDefinition*!, 2 icd_version text!, 3 name text, 4 short_name text, 5 capabilities Capability*!,
    6 status_definition StatusDefinition!, 7 mode_definition ModeDefinition*!, 8 dependent_nodes text*,
    9 reporting_region LocationOrRangeBearing*, 10 config_data ConfigurationData*!
Registration.NodeDefinition: 1 node_type NodeType!, 2 node_sub_type text*
Registration.Capability: 1 category text!, 2 type text!, 3 value text, 4 units text
Registration.StatusDefinition: 1 status_interval Duration!, 2 location_definition LocationType, 3 coverage_definition LocationType,
    4 obscuration_definition LocationType, 5 status_report StatusReport*, 6 field_of_view_definition LocationType
Registration.Duration: 1 units TimeUnits!, 3 value float!
Registration.LocationType: 1 location_units LocationCoordinateSystem @coordinates!,
    2 range_bearing_units RangeBearingCoordinateSystem @coordinates!, 3 location_datum LocationDatum @datum!,
    4 range_bearing_datum RangeBearingDatum @datum!, 5 zone text
Registration.StatusReport: 1 category StatusReportCategory!, 2 type text!, 3 units text, 4 on_change bool
Registration.ModeDefinition: 1 mode_name text!, 2 mode_type ModeType!, 3 mode_description text, 4 settle_time Duration!,
    5 maximum_latency Duration, 6 scan_type ScanType, 7 tracking_type TrackingType, 8 duration Duration, 9 mode_parameter ModeParameter*,
    10 detection_definition DetectionDefinition*, 11 task TaskDefinition!
Registration.ModeParameter: 1 type text!, 2 value text!
Registration.DetectionDefinition: 1 location_type LocationType!, 2 detection_performance PerformanceValue*,
    3 detection_report DetectionReport*, 4 detection_class_definition DetectionClassDefinition*,
    5 behaviour_definition BehaviourDefinition*, 6 velocity_type VelocityType, 7 geometric_error GeometricError
Registration.PerformanceValue: 1 type text!, 2 units text!, 3 unit_value text!, 4 variation_type text
Registration.DetectionReport: 1 category DetectionReportCategory!, 2 type text!, 3 units text!, 4 on_change bool
Registration.DetectionClassDefinition: 1 confidence_definition ConfidenceDefinition, 2 class_performance PerformanceValue*,
    3 class_definition ClassDefinition*, 4 taxonomy_dock_definition TaxonomyDockDefinition*
Registration.ClassDefinition: 1 type text!, 2 units text, 3 sub_class SubClass*
Registration.SubClass: 1 type text!, 2 units text, 3 level int!, 4 sub_class SubClass*
Registration.TaxonomyDockDefinition: 1 Dock_class_namespace text!, 2 Dock_class text!, 3 Extension_subclass ExtensionSubclass*
Registration.ExtensionSubclass: 1 Subclass_namespace text!, 2 Subclass_name text!, 3 units text
Registration.BehaviourDefinition: 1 type text!, 2 units text
Registration.VelocityType: 4 enu_velocity_units ENUVelocityUnits @velocity_units!, 6 location_datum LocationDatum @datum!,
    7 range_bearing_datum RangeBearingDatum @datum!, 8 zone text
ENUVelocityUnits: 1 east_north_rate_units SpeedUnits!, 2 up_rate_units SpeedUnits
Registration.GeometricError: 1 type text!, 2 units text!, 3 variation_type text!, 4 performance_value PerformanceValue*
Registration.TaskDefinition: 1 concurrent_tasks int, 2 region_definition RegionDefinition!, 3 command Command*
Registration.RegionDefinition: 1 region_type RegionType*!, 2 settle_time Duration, 3 region_area LocationType*!,
    4 class_filter_definition ClassFilterDefinition*, 5 behaviour_filter_definition BehaviourFilterDefinition*
Registration.ClassFilterDefinition: 1 filter_parameter FilterParameter*, 2 sub_class_definition SubClassFilterDefinition*, 3 type text!
Registration.FilterParameter: 1 parameter text!, 2 operators Operator*!
Registration.SubClassFilterDefinition: 1 filter_parameter FilterParameter*, 2 level int!, 3 type text!,
    4 sub_class_definition SubClassFilterDefinition*
Registration.BehaviourFilterDefinition: 1 filter_parameter FilterParameter*, 2 type text!
Registration.Command: 2 units text!, 3 completion_time Duration!, 4 type CommandType!
LocationOrRangeBearing: 1 range_bearing RangeBearingCone @fov!, 2 location_list LocationList @fov!
RangeBearingCone: 1 elevation double, 2 azimuth double, 3 range double, 4 horizontal_extent double, 5 vertical_extent double,
    6 horizontal_extent_error double, 7 vertical_extent_error double, 8 elevation_error double, 9 azimuth_error double,
    10 range_error double, 11 coordinate_system RangeBearingCoordinateSystem!, 12 datum RangeBearingDatum!
LocationList: 1 locations Location*!
Location: 1 x double!, 2 y double!, 3 z double, 4 x_error double, 5 y_error double, 6 z_error double,
    7 coordinate_system LocationCoordinateSystem!, 8 datum LocationDatum!, 9 utm_zone text
Registration.ConfigurationData: 1 manufacturer text!, 2 model text!, 3 serial_number text, 4 hardware_version text,
    5 software_version text, 6 sub_components ConfigurationData*
RegistrationAck: 1 acceptance bool!, 3 ack_response_reason text*
StatusReport: 1 report_id ulid!, 2 system System!, 3 info Info!, 4 active_task_id ulid, 5 mode text!, 6 power Power,
    7 node_location Location, 8 field_of_view LocationOrRangeBearing, 10 obscuration LocationOrRangeBearing*, 11 status Status*,
    12 coverage LocationOrRangeBearing*
StatusReport.Power: 3 level int, 4 source PowerSource, 5 status PowerStatus
StatusReport.Status: 1 status_level StatusLevel, 3 status_value text, 4 status_type StatusType!
DetectionReport: 1 report_id ulid!, 2 object_id ulid!, 3 task_id ulid, 4 state text, 5 range_bearing RangeBearing @location!,
    6 location Location @location!, 7 detection_confidence float, 8 track_info TrackObjectInfo*, 9 prediction_location PredictedLocation,
    10 object_info TrackObjectInfo*, 11 classification DetectionReportClassification*, 12 behaviour Behaviour*,
    13 associated_file AssociatedFile*, 14 signal Signal*, 15 associated_detection AssociatedDetection*,
    16 derived_detection DerivedDetection*, 19 enu_velocity ENUVelocity @velocity, 22 colour text, 23 id text
RangeBearing: 1 elevation double, 2 azimuth double, 3 range double, 4 elevation_error double, 5 azimuth_error double,
    6 range_error double, 7 coordinate_system RangeBearingCoordinateSystem!, 8 datum RangeBearingDatum!
DetectionReport.TrackObjectInfo: 1 type text!, 2 value text!, 3 error float
DetectionReport.PredictedLocation: 1 range_bearing RangeBearing @predicted_location, 2 location Location @predicted_location,
    3 predicted_timestamp time
DetectionReport.DetectionReportClassification: 1 type text!, 2 confidence float, 3 sub_class SubClass*
DetectionReport.SubClass: 1 type text!, 2 confidence float, 3 level int!, 4 sub_class SubClass*
DetectionReport.Behaviour: 1 type text!, 2 confidence float
AssociatedFile: 1 type text!, 2 url text!
DetectionReport.Signal: 1 amplitude float!, 2 start_frequency float, 3 centre_frequency float!, 4 stop_frequency float,
    5 pulse_duration float
AssociatedDetection: 1 timestamp time, 2 node_id uuid!, 3 object_id ulid!, 4 association_type AssociationRelation
DetectionReport.DerivedDetection: 1 timestamp time, 2 node_id uuid!, 3 object_id ulid!
ENUVelocity: 1 east_rate double!, 2 north_rate double!, 3 up_rate double, 4 east_rate_error double, 5 north_rate_error double,
    6 up_rate_error double
Task: 1 task_id ulid!, 2 task_name text, 3 task_description text, 4 task_start_time time, 5 task_end_time time, 6 control Control!,
    7 region Region*, 8 command Command
Task.Region: 1 type RegionType!, 2 region_id ulid!, 3 region_name text!, 4 region_area LocationOrRangeBearing!,
    5 class_filter ClassFilter*, 6 behaviour_filter BehaviourFilter*
Task.ClassFilter: 1 parameter Parameter!, 2 type text!, 3 sub_class_filter SubClassFilter*, 4 priority DiscreteThreshold
Task.Parameter: 1 name text!, 2 operator Operator!, 3 value float!
Task.SubClassFilter: 1 parameter Parameter!, 2 type text!, 3 sub_class_filter SubClassFilter*, 4 priority DiscreteThreshold
Task.BehaviourFilter: 1 parameter Parameter!, 2 type text, 3 priority DiscreteThreshold
Task.Command: 1 request text @command!, 2 detection_threshold DiscreteThreshold @command!,
    3 detection_report_rate DiscreteThreshold @command!, 4 classification_threshold DiscreteThreshold @command!,
    5 mode_change text @command!, 6 look_at LocationOrRangeBearing @command!, 9 move_to LocationList @command!,
    10 patrol LocationList @command!, 11 follow FollowObject @command!, 8 command_parameter text
FollowObject: 1 follow_object_id ulid!
TaskAck: 1 task_id ulid!, 2 task_status TaskStatus!, 4 associated_file AssociatedFile, 5 reason text*
Alert: 1 alert_id ulid!, 2 alert_type AlertType, 3 status AlertStatus, 4 description text, 5 range_bearing RangeBearing @location,
    6 location Location @location, 7 region_id ulid, 8 priority DiscretePriority, 9 ranking float, 10 confidence float,
    11 associated_file AssociatedFile*, 12 associated_detection AssociatedDetection*, 13 additional_information text
AlertAck: 1 alert_id ulid!, 4 reason text*, 5 alert_ack_status AlertAckStatus!
Error: 1 packet bytes!, 3 error_message text*!
"""

ENUMERATIONS = """
Registration.NodeType: NODE_TYPE_ UNSPECIFIED OTHER RADAR LIDAR CAMERA SEISMIC ACOUSTIC PROXIMITY_SENSOR PASSIVE_RF HUMAN CHEMICAL
    BIOLOGICAL RADIATION KINETIC JAMMER CYBER LDEW RFDEW MOBILE_NODE POINTABLE_NODE FUSION_NODE
Registration.TimeUnits: TIME_UNITS_ UNSPECIFIED NANOSECONDS MICROSECONDS MILLISECONDS SECONDS MINUTES HOURS DAYS
LocationCoordinateSystem: LOCATION_COORDINATE_SYSTEM_ UNSPECIFIED LAT_LNG_DEG_M LAT_LNG_RAD_M UTM_M=5
RangeBearingCoordinateSystem: RANGE_BEARING_COORDINATE_SYSTEM_ UNSPECIFIED DEGREES_M RADIANS_M DEGREES_KM RADIANS_KM
LocationDatum: LOCATION_DATUM_ UNSPECIFIED WGS84_E WGS84_G
RangeBearingDatum: RANGE_BEARING_DATUM_ UNSPECIFIED TRUE MAGNETIC GRID PLATFORM
Registration.StatusReportCategory: STATUS_REPORT_CATEGORY_ UNSPECIFIED SENSOR POWER MODE STATUS
Registration.ModeType: MODE_TYPE_ UNSPECIFIED PERMANENT TEMPORARY DEFAULT
Registration.ScanType: SCAN_TYPE_ UNSPECIFIED FIXED SCANNING STEERABLE
Registration.TrackingType: TRACKING_TYPE_ UNSPECIFIED NONE TRACKLET TRACK TRACK_WITH_RE_ID
Registration.DetectionReportCategory: DETECTION_REPORT_CATEGORY_ UNSPECIFIED DETECTION TRACK OBJECT SIGNAL
Registration.ConfidenceDefinition: CONFIDENCE_DEFINITION_ UNSPECIFIED SINGLE_CLASS MULTI_CLASS
SpeedUnits: SPEED_UNITS_ UNSPECIFIED MS KPH
Registration.RegionType: REGION_TYPE_ UNSPECIFIED AREA_OF_INTEREST IGNORE BOUNDARY MOBILE_NODE_NO_GO_AREA MOBILE_NODE_GO_AREA
Operator: OPERATOR_ UNSPECIFIED ALL GREATER_THAN LESS_THAN EQUAL
Registration.CommandType: COMMAND_TYPE_ UNSPECIFIED REQUEST DETECTION_THRESHOLD DETECTION_REPORT_RATE CLASSIFICATION_THRESHOLD MODE_CHANGE
    LOOK_AT MOVE_TO PATROL FOLLOW
StatusReport.System: SYSTEM_ UNSPECIFIED OK WARNING ERROR GOODBYE=5
StatusReport.Info: INFO_ UNSPECIFIED NEW UNCHANGED
StatusReport.PowerSource: POWERSOURCE_ UNSPECIFIED OTHER MAINS INTERNAL_BATTERY EXTERNAL_BATTERY GENERATOR SOLAR_PV WIND_TURBINE FUEL_CELL
StatusReport.PowerStatus: POWERSTATUS_ UNSPECIFIED OK FAULT
StatusReport.StatusLevel: STATUS_LEVEL_ UNSPECIFIED INFORMATION_STATUS=2 WARNING_STATUS ERROR_STATUS
StatusReport.StatusType: STATUS_TYPE_ UNSPECIFIED INTERNAL_FAULT EXTERNAL_FAULT ILLUMINATION WEATHER CLUTTER EXPOSURE MOTION_SENSITIVITY
    PTZ_STATUS PD FAR NOT_DETECTING PLATFORM OTHER
AssociationRelation: ASSOCIATION_RELATION_ UNSPECIFIED NO_RELATION PARENT CHILD SIBLING
Task.Control: CONTROL_ UNSPECIFIED START STOP PAUSE
Task.RegionType: REGION_TYPE_ UNSPECIFIED AREA_OF_INTEREST IGNORE BOUNDARY MOBILE_NODE_NO_GO_AREA MOBILE_NODE_GO_AREA
Task.DiscreteThreshold: DISCRETE_THRESHOLD_ UNSPECIFIED LOW MEDIUM HIGH
TaskAck.TaskStatus: TASK_STATUS_ UNSPECIFIED ACCEPTED REJECTED COMPLETED FAILED
Alert.AlertType: ALERT_TYPE_ UNSPECIFIED INFORMATION WARNING CRITICAL ERROR FATAL MODE_CHANGE
Alert.AlertStatus: ALERT_STATUS_ UNSPECIFIED ACTIVE ACKNOWLEDGE REJECT IGNORE CLEAR
Alert.DiscretePriority: DISCRETE_PRIORITY_ UNSPECIFIED LOW MEDIUM HIGH
AlertAck.AlertAckStatus: ALERT_ACK_STATUS_ UNSPECIFIED ACCEPTED REJECTED CANCELLED
"""
