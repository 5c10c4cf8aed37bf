# SPDX-License-Identifier: Apache-2.0
"""Prints what C libosinfo answers about a database, one JSON object a line, by GObject introspection.

Usage: dump.py SYSTEM-DIR [LOCAL-DIR [USER-DIR]]. Only entities that a native file or a reference names are printed:
the 38,000 devices of pci.ids and usb.ids are left to `osinfo-query device`. Lists whose order libosinfo leaves open
are sorted; what it orders is kept.
"""
import json
import os
import sys

import gi

gi.require_version("Libosinfo", "1.0")
from gi.repository import Libosinfo  # noqa: E402


def nth(items):
    return [items.get_nth(index) for index in range(items.get_length())] if items is not None else []


def params(entity):
    return {key: entity.get_param_value_list(key) for key in sorted(entity.get_param_keys())}


def sub(entity, **more):
    return {"id": entity.get_id(), "params": params(entity), **more}


def link(entry):
    return {"target": entry.get_target().get_id(), "params": params(entry)}


def resources(entry):
    return {
        "id": entry.get_id(),
        "arch": entry.get_architecture(),
        "cpu": entry.get_cpu(),
        "nCpus": entry.get_n_cpus(),
        "ram": entry.get_ram(),
        "storage": entry.get_storage(),
    }


def firmware(entry):
    return {
        "id": entry.get_id(),
        "arch": entry.get_architecture(),
        "type": entry.get_firmware_type(),
        "supported": entry.is_supported(),
    }


def media(entry):
    return sub(
        entry,
        arch=entry.get_architecture(),
        url=entry.get_url(),
        volumeId=entry.get_volume_id(),
        systemId=entry.get_system_id(),
        publisherId=entry.get_publisher_id(),
        applicationId=entry.get_application_id(),
        volumeSize=entry.get_volume_size(),
        kernel=entry.get_kernel_path(),
        initrd=entry.get_initrd_path(),
        variants=[one.get_id() for one in nth(entry.get_os_variants())],
        languages=entry.get_languages(),
        installer=entry.get_installer(),
        live=entry.get_live(),
        installerReboots=entry.get_installer_reboots(),
        ejectAfterInstall=entry.get_eject_after_install(),
        supportsScript=entry.supports_installer_script(),
        scripts=[one.get_id() for one in nth(entry.get_install_script_list())],
    )


def tree(entry):
    return sub(
        entry,
        arch=entry.get_architecture(),
        url=entry.get_url(),
        kernel=entry.get_kernel_path(),
        initrd=entry.get_initrd_path(),
        bootIso=entry.get_boot_iso_path(),
        variants=[one.get_id() for one in nth(entry.get_os_variants())],
        hasTreeinfo=entry.has_treeinfo(),
        treeinfoFamily=entry.get_treeinfo_family(),
        treeinfoVariant=entry.get_treeinfo_variant(),
        treeinfoVersion=entry.get_treeinfo_version(),
        treeinfoArch=entry.get_treeinfo_arch(),
    )


def image(entry):
    return sub(
        entry,
        arch=entry.get_architecture(),
        format=entry.get_format(),
        url=entry.get_url(),
        cloudInit=entry.get_cloud_init(),
        variants=[one.get_id() for one in nth(entry.get_os_variants())],
    )


def driver(entry):
    return sub(
        entry,
        arch=entry.get_architecture(),
        location=entry.get_location(),
        preInstallable=entry.get_pre_installable(),
        signed=entry.get_signed(),
        priority=entry.get_priority(),
        files=entry.get_files(),
        devices=[one.get_id() for one in nth(entry.get_devices())],
    )


def product(entry):
    relations = Libosinfo.ProductRelationship
    return {
        "id": entry.get_id(),
        "params": params(entry),
        "shortId": entry.get_short_id(),
        "shortIds": entry.get_short_id_list(),
        "name": entry.get_name(),
        "version": entry.get_version(),
        "vendor": entry.get_vendor(),
        "codename": entry.get_codename(),
        "logo": entry.get_logo(),
        "releaseDate": entry.get_release_date_string(),
        "eolDate": entry.get_eol_date_string(),
        "derives-from": [one.get_id() for one in nth(entry.get_related(relations.DERIVES_FROM))],
        "clones": [one.get_id() for one in nth(entry.get_related(relations.CLONES))],
        "upgrades": [one.get_id() for one in nth(entry.get_related(relations.UPGRADES))],
        "deviceLinks": [link(one) for one in nth(entry.get_device_links(None))],
        "devices": [one.get_id() for one in nth(entry.get_devices(None))],
        "allDevices": sorted(one.get_id() for one in nth(entry.get_all_devices(None))),
    }


def os_entry(entry):
    # These lists are filled only by the getters of the first answer: resources before anything else that walks.
    lists = {
        "minimum": [resources(one) for one in nth(entry.get_minimum_resources())],
        "recommended": [resources(one) for one in nth(entry.get_recommended_resources())],
        "maximum": [resources(one) for one in nth(entry.get_maximum_resources())],
        "networkInstall": [resources(one) for one in nth(entry.get_network_install_resources())],
    }
    return {
        "kind": "os",
        **product(entry),
        "family": entry.get_family(),
        "distro": entry.get_distro(),
        "releaseStatus": entry.get_release_status().value_nick,
        "kernelUrlArgument": entry.get_kernel_url_argument(),
        "cloudImageUsername": entry.get_cloud_image_username(),
        "variants": [sub(one, name=one.get_name()) for one in nth(entry.get_variant_list())],
        "media": [media(one) for one in nth(entry.get_media_list())],
        "trees": [tree(one) for one in nth(entry.get_tree_list())],
        "images": [image(one) for one in nth(entry.get_image_list())],
        "drivers": [driver(one) for one in nth(entry.get_device_drivers())],
        "installScripts": [one.get_id() for one in nth(entry.get_install_script_list())],
        "resources": lists,
        "firmware": [firmware(one) for one in nth(entry.get_firmware_list(None))],
        "completeFirmware": [firmware(one) for one in nth(entry.get_complete_firmware_list(None))],
        "allDeviceLinks": [link(one) for one in nth(entry.get_all_device_links(None))],
    }


def script(entry):
    methods = entry.get_injection_methods()
    avatar = entry.get_avatar_format()
    return {
        "kind": "install-script",
        "id": entry.get_id(),
        "params": params(entry),
        "profile": entry.get_profile(),
        "productKeyFormat": entry.get_product_key_format(),
        "pathFormat": entry.get_path_format().value_nick,
        "expectedFilename": entry.get_expected_filename(),
        "needsInternet": entry.get_needs_internet(),
        "canPreInstallDrivers": entry.get_can_pre_install_drivers(),
        "canPostInstallDrivers": entry.get_can_post_install_drivers(),
        "preInstallDriversSigningReq": entry.get_pre_install_drivers_signing_req().value_nick,
        "postInstallDriversSigningReq": entry.get_post_install_drivers_signing_req().value_nick,
        "injectionMethods": sorted(methods.value_nicks),
        "preferredInjectionMethod": entry.get_preferred_injection_method().value_nicks,
        "templateUri": entry.get_template_uri(),
        "avatarFormat": None if avatar is None else sub(avatar),
        "configParams": [
            sub(
                one,
                name=one.get_name(),
                required=one.is_required(),
                valueMap=None if one.get_value_map() is None else one.get_value_map().get_id(),
            )
            for one in nth(entry.get_config_params())
        ],
    }


def main():
    for variable, place in zip(("OSINFO_SYSTEM_DIR", "OSINFO_LOCAL_DIR", "OSINFO_USER_DIR"), sys.argv[1:] + ["/nonexistent/osinfo"] * 3):
        os.environ[variable] = place
    loader = Libosinfo.Loader()
    loader.process_default_path()
    db = loader.get_db()
    seen = set()
    for entry in nth(db.get_os_list()):
        print(json.dumps(os_entry(entry)))
        seen.update(one.get_target().get_id() for one in nth(entry.get_device_links(None)))
        seen.update(device.get_id() for one in nth(entry.get_device_drivers()) for device in nth(one.get_devices()))
    for entry in nth(db.get_platform_list()):
        print(json.dumps({"kind": "platform", **product(entry)}))
        seen.update(one.get_target().get_id() for one in nth(entry.get_device_links(None)))
    for entry in nth(db.get_deployment_list()):
        print(
            json.dumps(
                {
                    "kind": "deployment",
                    "id": entry.get_id(),
                    "params": params(entry),
                    "os": entry.get_os().get_id(),
                    "platform": entry.get_platform().get_id(),
                    "deviceLinks": [link(one) for one in nth(entry.get_device_links(None))],
                }
            )
        )
    for entry in nth(db.get_device_list()):
        if entry.get_class() is not None or entry.get_name() is not None or entry.get_id() in seen:
            print(json.dumps({"kind": "device", "id": entry.get_id(), "params": params(entry)}))
    for entry in nth(db.get_install_script_list()):
        print(json.dumps(script(entry)))
    for entry in nth(db.get_datamap_list()):
        print(json.dumps({"kind": "datamap", "id": entry.get_id(), "params": params(entry)}))


main()
