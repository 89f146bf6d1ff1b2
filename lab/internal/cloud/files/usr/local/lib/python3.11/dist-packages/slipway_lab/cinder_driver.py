"""A Cinder backend without data: the lab's agent makes the block devices."""
from cinder.volume import driver


class LabDriver(driver.VolumeDriver):
    VERSION = '1.0'

    @classmethod
    def get_driver_options(cls):
        return []

    def do_setup(self, context):
        pass

    def check_for_setup_error(self):
        pass

    def _update_volume_stats(self):
        name = self.configuration.safe_get('volume_backend_name')
        self._stats = {
            'volume_backend_name': name,
            'vendor_name': 'Slipway',
            'driver_version': self.VERSION,
            'storage_protocol': 'lab',
            'pools': [{
                'pool_name': name,
                'total_capacity_gb': 100000,
                'free_capacity_gb': 100000,
                'reserved_percentage': 0,
                'thin_provisioning_support': True,
                'max_over_subscription_ratio': 20.0,
                'online_extend_support': True,
                'multiattach': True,
                'QoS_support': False,
            }],
        }

    def initialize_connection(self, volume, connector):
        # "fake" is a protocol that os-brick connects by doing nothing.
        return {'driver_volume_type': 'fake',
                'data': {'volume_id': volume.id, 'device_path': '/dev/null'}}

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True

    def _nothing(self, *args, **kwargs):
        """There is no data to act on."""

    create_volume = delete_volume = extend_volume = _nothing
    create_snapshot = delete_snapshot = _nothing
    create_volume_from_snapshot = create_cloned_volume = copy_image_to_volume = _nothing
    ensure_export = create_export = remove_export = terminate_connection = _nothing
